/**
 * `pnpm bench checkpoints [--files 100000] [--steps 15]`: a step that changes one file of a large tree: from the end of its
 * call to its checkpoint, by the events' own clock, in turns with a plain `git add -A` of the same tree.
 */
import { execFile } from "node:child_process";
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";

const execute = promisify(execFile);
const { values } = parseArgs({
  options: { files: { type: "string", default: "100000" }, steps: { type: "string", default: "15" } },
});
const files = Number(values.files);
const FILES_PER_DIRECTORY = 50;
const LIMIT_MS = 900_000;

async function fill(directory: string): Promise<void> {
  for (let index = 0; index < files; index += FILES_PER_DIRECTORY) {
    const place = join(directory, `d${Math.floor(index / 1_000)}`, `e${index % 1_000}`);
    await mkdir(place, { recursive: true });
    for (let at = index; at < Math.min(files, index + FILES_PER_DIRECTORY); at++) {
      await writeFile(join(place, `f${at}.ts`), `export const value${at} = ${at};\n`.repeat(8));
    }
  }
}

const median = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;

const directory = await mkdtemp(join(tmpdir(), "trunkline-bench-checkpoints-"));
try {
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({ env: provider.serverEnv });
  const { id: sessionId, workspace } = await server.client.session.create.mutate({});
  await fill(workspace);
  const plainEnvironment = {
    PATH: process.env["PATH"],
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_DIR: join(directory, "plain.git"),
    GIT_WORK_TREE: workspace,
  };
  const git = async (...args: string[]) => execute("git", args, { cwd: workspace, env: plainEnvironment });
  await git("init", "-q");
  await git("add", "-A");

  const step = async (): Promise<{ baseMs: number; stepMs: number }> => {
    const after = (await server.client.session.get.query({ sessionId })).lastSeq;
    const call = say.toolCall("bash", { command: "date +%N >> d0/e0/f0.ts" });
    provider.enqueue(say.reply(call), say.reply(say.text("done")));
    const { taskId } = await server.client.task.submit.mutate({ prompt: "go", sessionId });
    const isOver = async () => (await server.client.task.get.query({ taskId })).endedAt !== null;
    await waitFor("the task's end", isOver, { timeoutMs: LIMIT_MS, intervalMs: 50 });
    const log = (await readLog(server.client, sessionId)).filter(({ seq }) => seq > after);
    const at = (found: { at: number } | undefined): number => found?.at ?? Number.NaN;
    const ended = at(log.find(({ type }) => type === "tool.ended"));
    const base = at(log.find(({ type }) => type === "tool.called"));
    const asked = at(log.find(({ type }) => type === "step.ended"));
    return {
      baseMs: base - asked,
      stepMs: at(log.findLast(({ type }) => type === "checkpoint.created")) - ended,
    };
  };

  const first = await step();
  console.log(`${files} files; the first checkpoint, of all of them: ${(first.baseMs / 1_000).toFixed(1)} s`);
  const ours: number[] = [];
  const unchanged: number[] = [];
  const plain: number[] = [];
  for (let count = 0; count < Number(values.steps); count++) {
    const { baseMs, stepMs } = await step();
    unchanged.push(baseMs);
    ours.push(stepMs);
    await appendFile(join(workspace, "d0/e0/f1.ts"), `// ${count}\n`);
    const startedAt = performance.now();
    await git("add", "-A");
    plain.push(performance.now() - startedAt);
  }
  const line = (name: string, list: readonly number[]): string =>
    `${name.padEnd(34)} median ${Math.round(median(list))} ms (${list.map(Math.round).join(", ")})`;
  console.log(line("git add -A", plain));
  console.log(line("a step's checkpoint", ours));
  console.log(line("before a task's first call", unchanged));
  console.log(`ratio                              ${(median(ours) / median(plain)).toFixed(2)}`);
} finally {
  await rm(directory, { recursive: true, force: true });
}
