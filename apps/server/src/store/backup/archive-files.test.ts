import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { chmod, chown, mkdir, readdir, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { archiveFiles } from "./archive-files.ts";
import type { LeftOut } from "./left-out.ts";

const run = promisify(execFile);
const NOBODY = 65_534;
const MODULE = fileURLToPath(new URL("archive-files.ts", import.meta.url));

async function place() {
  const temporary = await TemporaryDirectory.create();
  const [directory, to] = [temporary.join("data"), temporary.join("backup")];
  for (const path of [directory, to]) await mkdir(path);
  return { directory, to, [Symbol.asyncDispose]: async () => temporary[Symbol.asyncDispose]() };
}

/** Root could read everything. */
async function archiveAsOrdinaryUser(
  directory: string,
  to: string,
): Promise<{ leftOut?: LeftOut; error?: string }> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    await run("chown", ["-R", `${NOBODY}:${NOBODY}`, directory, to]);
    for (const path of [join(directory, ".."), directory, to]) await chmod(path, 0o755);
  }
  const options = JSON.stringify({ directory, to, withKeys: true, except: [] });
  const { stdout } = await run(process.execPath, [
    "--input-type=module",
    "-e",
    `const { archiveFiles } = await import(${JSON.stringify(MODULE)});
    ${isRoot ? `process.setgroups([]); process.setgid(${NOBODY}); process.setuid(${NOBODY});` : ""}
    const said = await archiveFiles(${options}).catch(({ message }) => ({ error: message }));
    process.stdout.write(JSON.stringify(said));`,
  ]);
  return JSON.parse(stdout) as { leftOut?: LeftOut; error?: string };
}

describe("files of a backup", () => {
  it("are all but those that a command has closed to the server; any other that it can't read fails it", async () => {
    await using at = await place();
    const workspace = join(at.directory, "workspaces/a");
    await mkdir(join(workspace, "closed"), { recursive: true });
    for (const name of ["open.txt", "secret.txt", "closed/in"]) await writeFile(join(workspace, name), "x");
    await writeFile(join(at.directory, "credentials.key"), "key");
    if (process.getuid?.() === 0) await chown(workspace, NOBODY, NOBODY);
    await chmod(join(workspace, "secret.txt"), 0);
    await chmod(join(workspace, "closed"), 0);
    const { leftOut } = await archiveAsOrdinaryUser(at.directory, at.to);
    expect(leftOut).toEqual({
      closed: {
        count: 2,
        paths: expect.arrayContaining(["workspaces/a/closed", "workspaces/a/secret.txt"]) as string[],
      },
      gone: { count: 0, paths: [] },
    });
    const { stdout } = await run("tar", ["-tf", join(at.to, "files.tar")]);
    expect(stdout.split("\n")).toEqual(
      expect.arrayContaining(["./workspaces/a/open.txt", "./credentials.key"]),
    );
    expect(stdout).not.toContain("secret.txt");

    await chmod(join(at.directory, "credentials.key"), 0);
    for (const name of await readdir(at.to)) rmSync(join(at.to, name));
    const { error } = await archiveAsOrdinaryUser(at.directory, at.to);
    expect(error).toMatch(/credentials\.key: Cannot open/);
    await chmod(join(workspace, "closed"), 0o700);
  });

  it("are whole where sessions are deleted meanwhile", async () => {
    await using at = await place();
    const checkpoints = join(at.directory, "checkpoints");
    for (let index = 0; index < 400; index++) {
      const objects = join(checkpoints, String(index), "objects");
      await mkdir(objects, { recursive: true });
      for (const name of ["one", "other"]) await writeFile(join(objects, name), "object");
    }
    const archived = archiveFiles({ directory: at.directory, to: at.to, withKeys: true, except: [] });
    archived.catch(() => undefined);
    while (!existsSync(join(at.to, "objects.tar"))) await setImmediate();
    rmSync(checkpoints, { recursive: true });
    const { archives, leftOut } = await archived;
    expect(archives.map(({ name }) => name)).toEqual(["files.tar", "objects.tar"]);
    // How many depends on how far tar was.
    expect(leftOut.closed.count).toBe(0);
    for (const path of leftOut.gone.paths) expect(path).toMatch(/^checkpoints\/\d+\/objects/);
  });

  it("take no room for their holes", async () => {
    await using at = await place();
    await mkdir(join(at.directory, "workspaces/a"), { recursive: true });
    const large = join(at.directory, "workspaces/a/large");
    await writeFile(large, "its start");
    await truncate(large, 200_000_000);
    await writeFile(join(at.directory, "workspaces/a/small"), "small");
    const { archives } = await archiveFiles({
      directory: at.directory,
      to: at.to,
      withKeys: true,
      except: [],
    });
    expect(archives[0]?.bytes).toBeLessThan(1_000_000);
    await mkdir(join(at.to, "out"));
    await run("tar", ["-xf", join(at.to, "files.tar"), "-C", join(at.to, "out")]);
    expect((await stat(join(at.to, "out/workspaces/a/large"))).size).toBe(200_000_000);
    await run("sha256sum", ["--check", "--quiet", join(at.to, "files.sha256")], { cwd: join(at.to, "out") });
  });
});
