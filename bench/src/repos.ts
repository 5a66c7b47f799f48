/**
 * `pnpm bench repos [--files 100000] [--rounds 3]`: how long a session takes to start in a large repository, from the submit
 * to `workspace.prepared`, in turns with a plain `git clone --shared` of the same mirror on the same disk: with a spare, as for
 * all but the first sessions, and without, as for one that follows before the next spare is made.
 *
 * Nothing is removed before the last figure is taken: ext4 does not give out an inode for one to six minutes after its deletion
 * and looks at each of them again for every new file (`recently_deleted`), which made either side up to ten times slower
 * after a removal of 100,000 files. For the same reason two runs on one disk lie six minutes apart. What was written before
 * a figure is on the disk first (`sync`).
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";

const execute = promisify(execFile);
const { values } = parseArgs({
  options: { files: { type: "string", default: "100000" }, rounds: { type: "string", default: "3" } },
});
const files = Number(values.files);
const FILES_PER_DIRECTORY = 50;
const LIMIT_MS = 600_000;

const git = async (directory: string, ...args: string[]) =>
  execute("git", args, {
    cwd: directory,
    maxBuffer: 1_000_000_000,
    env: {
      PATH: process.env["PATH"],
      HOME: "/nonexistent",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
    },
  });

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const startedAt = performance.now();
  const result = await work();
  return { ms: performance.now() - startedAt, result };
}

async function makeSource(directory: string): Promise<void> {
  for (let index = 0; index < files; index += FILES_PER_DIRECTORY) {
    const place = join(
      directory,
      `d${Math.floor(index / 1_000)}`,
      `e${Math.floor(index / FILES_PER_DIRECTORY) % 20}`,
    );
    await mkdir(place, { recursive: true });
    await Promise.all(
      Array.from({ length: Math.min(FILES_PER_DIRECTORY, files - index) }, async (_, at) =>
        writeFile(
          join(place, `f${index + at}.ts`),
          `export const value${index + at} = ${index + at};\n`.repeat(8),
        ),
      ),
    );
  }
  await git(directory, "init", "-q", "-b", "main");
  await git(directory, "add", "-A");
  await git(directory, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "all");
}

const directory = await mkdtemp(join(tmpdir(), "trunkline-bench-repos-"));
try {
  const source = join(directory, "source");
  await mkdir(source);
  await makeSource(source);
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({
    env: { ...provider.serverEnv, TRUNKLINE_PROJECT_ROOTS: directory },
  });
  const project = await server.client.project.create.mutate({
    name: "large",
    source: { kind: "directory", path: source },
  });

  /** From the submit to the workspace, by the events' own clock. */
  const start = async (): Promise<{ fetchMs: number; allMs: number }> => {
    provider.enqueue(say.reply(say.text("done")));
    const { taskId, sessionId } = await server.client.task.submit.mutate({
      prompt: "go",
      projectId: project.id,
    });
    await waitFor(
      "the task's end",
      async () => (await server.client.task.get.query({ taskId })).endedAt !== null,
      { timeoutMs: LIMIT_MS, intervalMs: 100 },
    );
    const log = await readLog(server.client, sessionId);
    const at = (type: string): number => log.find((event) => event.type === type)?.at ?? Number.NaN;
    const submitted = at("task.submitted");
    return { fetchMs: at("project.fetched") - submitted, allMs: at("workspace.prepared") - submitted };
  };

  const first = await start();
  console.log(
    `first session of the project: ${(first.fetchMs / 1_000).toFixed(1)} s to fetch it, ${(first.allMs / 1_000).toFixed(1)} s in all`,
  );
  const own = join(server.dataDir, "projects", project.id);
  const spare = async (): Promise<unknown> =>
    waitFor("the spare", async () => existsSync(join(own, "spare")), {
      timeoutMs: LIMIT_MS,
      intervalMs: 100,
    });
  const spared: number[] = [];
  const without: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const target = join(server.dataDir, "workspaces", `plain-${round}`);
    await spare();
    await execute("sync");
    spared.push((await start()).allMs);
    await spare();
    await execute("sync");
    plain.push(
      (await timed(async () => git(directory, "clone", "-q", "--shared", join(own, "mirror.git"), target)))
        .ms,
    );
    await rename(join(own, "spare"), join(directory, `spare-${round}`));
    await execute("sync");
    without.push((await start()).allMs);
  }
  const median = (list: number[]): number =>
    list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
  const line = (name: string, list: number[]): string =>
    `${name.padEnd(36)} median ${(median(list) / 1_000).toFixed(2)} s (${list.map((ms) => (ms / 1_000).toFixed(2)).join(", ")})`;
  console.log(`${files} files`);
  console.log(line("git clone --shared", plain));
  console.log(line("a session's start", spared));
  console.log(line("a session's start, no spare yet", without));
  console.log(
    `ratio                                ${(median(spared) / median(plain)).toFixed(2)}; no spare yet: ${(median(without) / median(plain)).toFixed(2)}`,
  );
} finally {
  await rm(directory, { recursive: true, force: true });
}
