import { mkdir, readdir, readlink, symlink, writeFile } from "node:fs/promises";

/** A byte that no UTF-8 has. */
const RAW = Buffer.of(0xff);

const at = (directory: string, ...names: string[]): Buffer =>
  Buffer.concat([Buffer.from(directory), ...names.flatMap((name) => [Buffer.from(`/${name}`), RAW])]);

/** Writes a file, a directory with a file and a link, none of whose names is UTF-8. */
export async function writeRawNames(directory: string, bytes: string | Buffer = "raw"): Promise<void> {
  await writeFile(at(directory, "file"), bytes);
  await mkdir(at(directory, "directory"));
  await writeFile(at(directory, "directory", "inner"), bytes);
  await symlink(Buffer.concat([Buffer.from("file"), RAW]), at(directory, "link"));
}

/** What of them is there: paths, in Latin-1, and where links lead. */
export async function rawNamesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: false, withFileTypes: true, encoding: "buffer" });
  const found: string[] = [];
  for (const entry of entries) {
    const { name } = entry;
    if (!name.includes(RAW)) continue;
    const path = Buffer.concat([Buffer.from(`${directory}/`), name]);
    const shown = name.toString("latin1");
    if (entry.isDirectory()) {
      const inner = await readdir(path, { encoding: "buffer" });
      found.push(...inner.map((one) => `${shown}/${one.toString("latin1")}`));
    } else if (entry.isSymbolicLink()) {
      found.push(`${shown} -> ${(await readlink(path, { encoding: "buffer" })).toString("latin1")}`);
    } else found.push(shown);
  }
  return found.toSorted();
}

export const RAW_NAMES = ["directoryÿ/innerÿ", "fileÿ", "linkÿ -> fileÿ"];
