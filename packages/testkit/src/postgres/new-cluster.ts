import { execFile } from "node:child_process";
import { chown, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

const KEPT = fileURLToPath(new URL("../../node_modules/.cache/postgres", import.meta.url));

/** A collation other than byte order, to reveal whatever depends on it. */
const LOCALE = ["-E", "UTF8", "--locale-provider=icu", "--icu-locale=en-US", "--locale=C.UTF-8"];
const USER = ["-U", "trunkline", "--auth=trust"];

/**
 * Makes PostgreSQL's data directory. `initdb` starts the server several times, which takes as long as many a test: it runs
 * once, and its result is copied from then on.
 *
 * @param programs directory of PostgreSQL's programs
 * @param user whom the files belong to; undefined: this one
 */
export async function newCluster(
  data: string,
  programs: string,
  user: { uid: number; gid: number } | undefined,
): Promise<void> {
  const { stdout } = await run(join(programs, "initdb"), ["--version"]);
  const kept = join(KEPT, `${stdout.trim().replaceAll(/[^\w.]+/g, "-")}-${user?.uid ?? "own"}`);
  if (!(await exists(kept))) await makeKept(kept, programs, user);
  await run("cp", ["-a", kept, data]);
}

async function makeKept(
  kept: string,
  programs: string,
  user: { uid: number; gid: number } | undefined,
): Promise<void> {
  // Where that user may go.
  const directory = await mkdtemp(join(tmpdir(), "trunkline-initdb-"));
  const mine = `${kept}.${process.pid}`;
  try {
    if (user !== undefined) await chown(directory, user.uid, user.gid);
    const made = join(directory, "data");
    const options = { ...user, cwd: directory };
    await run(join(programs, "initdb"), ["-D", made, ...USER, ...LOCALE, "--no-sync"], options);
    await mkdir(KEPT, { recursive: true });
    await run("cp", ["-a", made, mine]);
    // Another test may have been faster.
    await rename(mine, kept).catch(async (error: unknown) => {
      if (!(await exists(kept))) throw error;
    });
  } finally {
    await Promise.all([directory, mine].map(async (path) => rm(path, { recursive: true, force: true })));
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
