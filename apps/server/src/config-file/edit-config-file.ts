import { randomUUID } from "node:crypto";
import type { Stats } from "node:fs";
import { type FileHandle, mkdir, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { applyEdits, modify, parse } from "jsonc-parser";
import { withoutSecrets } from "./hidden-values.ts";
import { parseConfigFile } from "./parse-config-file.ts";
import { parseSettingPath } from "./setting-path.ts";

type Owner = Pick<Stats, "uid" | "gid">;

/** What a change of the file came to. */
export type Edited = { path: string } | { faults: string[] };

/** @returns what stands at `key`, or all of it; undefined: nothing. No keys, no passwords. @throws Error from reading */
export async function readSetting(file: string, key?: string): Promise<{ value: unknown } | Edited> {
  const text = await textOf(file);
  const errors: { offset: number }[] = [];
  const whole: unknown = parse(text, errors as never[]);
  if (errors.length > 0) {
    const parsed = parseConfigFile(text);
    return { faults: "faults" in parsed ? parsed.faults : ["not valid JSON"] };
  }
  const path = key === undefined ? [] : parseSettingPath(key);
  if (path === null) return { faults: [noPath(key ?? "")] };
  return path.reduce<{ value: unknown }>(
    ({ value }, step) => ({
      value: typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined,
    }),
    { value: withoutSecrets(whole ?? {}) },
  );
}

/**
 * Changes one setting; comments and everything else stay as they are. A file that would have a fault then is left alone.
 *
 * @param value undefined removes it. @throws Error from reading or writing
 */
export async function writeSetting(file: string, key: string, value: unknown): Promise<Edited> {
  const path = parseSettingPath(key);
  if (path === null) return { faults: [noPath(key)] };
  const text = await textOf(file);
  const options = { formattingOptions: { insertSpaces: true, tabSize: 2, eol: "\n" } };
  let changed: string;
  try {
    changed = applyEdits(text, modify(text, path, value, options));
  } catch (error) {
    // Such as an item of an object.
    return { faults: [`${key}: ${(error as Error).message}`] };
  }
  return writeChecked(file, changed);
}

/** Replaces the file by a text without faults. @throws Error from writing */
export async function writeChecked(file: string, text: string): Promise<Edited> {
  const parsed = parseConfigFile(text);
  if ("faults" in parsed) return parsed;
  // A link stays one.
  const path = await realpath(file).catch(() => file);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // A new file belongs to whom its directory belongs: root may write it for the service's user.
  const { uid, gid, mode } = await stat(path).catch(async () => {
    const directory = await stat(dirname(path));
    return { uid: directory.uid, gid: directory.gid, mode: 0o600 };
  });
  const fresh = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    await using handle = await open(fresh, "wx", 0o600);
    const made = await handle.stat();
    if (made.uid !== uid || made.gid !== gid) await giveTo(handle, made, { uid, gid });
    // Not when it is opened: the umask would take from it.
    await handle.chmod(mode & 0o777);
    await handle.writeFile(text);
    await handle.sync();
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
  return { path };
}

/** Whoever is not root can give nothing away: their own file keeps their group, another's is left alone. @throws Error EPERM */
async function giveTo(file: FileHandle, made: Owner, { uid, gid }: Owner): Promise<void> {
  try {
    await file.chown(uid, gid);
  } catch (error) {
    if (made.uid !== uid) throw error;
  }
}

const noPath = (key: string): string =>
  `'${key}' is no place in the file. Write it as providers.groq.baseUrl or mcpServers["my server"].args[0]`;

/** An empty file's, where there is none. */
async function textOf(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "{}\n";
    throw error;
  }
}
