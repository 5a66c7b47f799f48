import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Session } from "@trunkline/contract";
import { contentText, FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CliProcess, type CliResult } from "../testing/cli-process.ts";
import type { ImportReport } from "./report.ts";
import { expectedTranscript } from "./testing/expected-transcript.ts";
import { ImportGate } from "./testing/import-gate.ts";
import { fingerprint, type LegacyDirectory, writeLegacyDirectory } from "./testing/legacy-directory.ts";
import { readTranscript } from "./testing/read-transcript.ts";
import type { Story } from "./testing/story.ts";

const COUNT = 120;
let provider: FakeProvider;
let server: ServerFixture;
let home: string;
let legacy: LegacyDirectory;
let before: Record<string, string>;
let report: ImportReport;

beforeAll(async () => {
  provider = await FakeProvider.start();
  server = await ServerFixture.start({ env: provider.serverEnv });
  home = await mkdtemp(join(tmpdir(), "legacy-"));
  legacy = await writeLegacyDirectory(home, COUNT);
  before = await fingerprint(home);
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const cli = (...args: string[]): Promise<CliResult> =>
  CliProcess.run(args, { TRUNKLINE_DATA_DIR: server.dataDir });

async function sessions(): Promise<Session[]> {
  const found: Session[] = [];
  let cursor: string | undefined;
  do {
    const page = await server.client.session.list.query({ cursor, limit: 200 });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

const storyOf = (sessionId: string): Story => {
  const { id } = report.sessions.find((session) => session.sessionId === sessionId)!;
  return legacy.stories.find((story) => story.id === id)!;
};

it("writes nothing in a dry run, which needs no server", async () => {
  const { exitCode, out, err } = await CliProcess.run(["import-alex", home, "--dry-run"], {
    TRUNKLINE_URL: "http://127.0.0.1:9",
  });
  expect(err).toBe("");
  expect(out).toContain(`${COUNT} sessions would be imported, ${legacy.misfits.size} files skipped`);
  expect(out).toContain("session-1759400001.json  cut off in the middle");
  expect(out).toContain("it may have overwritten another session of the same second");
  expect(exitCode).toBe(1);
  expect(await sessions()).toEqual([]);
});

/** Lets an import get this far, then interrupts it. */
async function importUntil(count: number, signal: NodeJS.Signals): Promise<CliResult> {
  await using gate = await ImportGate.start(server.url, count);
  await using started = new CliProcess(["import-alex", home], {
    TRUNKLINE_URL: gate.url,
    TRUNKLINE_TOKEN: server.token,
  });
  await gate.isClosed;
  started.signal(signal);
  gate.open();
  return await started.ended();
}

it("imports all, once, although it is interrupted and killed on the way", async () => {
  expect(await importUntil(5, "SIGINT")).toMatchObject({
    exitCode: 130,
    out: expect.stringContaining("Run it again: what is imported stays"),
  });
  const interrupted = (await sessions()).length;
  await importUntil(interrupted + 5, "SIGKILL");
  const early = (await sessions()).length;
  expect(early).toBeLessThan(COUNT);

  const { exitCode, out, err } = await cli("import-alex", home, "--json");
  report = JSON.parse(out) as ImportReport;
  expect(err).toBe("");
  expect(exitCode).toBe(1);
  expect(report.imported + report.alreadyThere).toBe(COUNT);
  expect(report.alreadyThere).toBeGreaterThanOrEqual(early);
  expect(await sessions()).toHaveLength(COUNT);
});

it("imports nothing twice", async () => {
  const { out } = await cli("import-alex", home);
  expect(out).toContain(`0 sessions imported, ${COUNT} already there, ${legacy.misfits.size} files skipped`);
  expect(await sessions()).toHaveLength(COUNT);
  expect(await fingerprint(home)).toEqual(before);
});

it("counts what has changed since its import, and leaves nothing behind for it", async () => {
  const [{ file }] = report.sessions as [ImportReport["sessions"][number]];
  const copy = await mkdtemp(join(tmpdir(), "legacy-"));
  const text = await readFile(file, "utf8");
  // As alex goes on: one more message of the same text.
  const prompt = storyOf(report.sessions[0]!.sessionId!).turns[0]!.prompt;
  const escaped = JSON.stringify(prompt).slice(1, -1);
  expect(text).toContain(escaped);
  await writeFile(join(copy, basename(file)), text.replaceAll(escaped, `${escaped} and more`));
  const { exitCode, out, err } = await cli("import-alex", copy);
  expect(err).toBe("");
  expect(out).toContain("0 sessions imported, 1 already there");
  expect(out).toContain("what has changed since is not imported");
  expect(out).not.toContain("Left behind");
  expect(exitCode).toBe(0);
  await rm(copy, { recursive: true });
});

it("has every session in the server as it was, at the time that it was", async () => {
  for (const { id, title, createdAt, updatedAt, status } of await sessions()) {
    const story = storyOf(id);
    expect(readTranscript(await readLog(server.client, id))).toEqual(expectedTranscript(story));
    expect({ createdAt, updatedAt, status }).toEqual({
      createdAt: story.expectedCreatedAt,
      updatedAt: story.expectedUpdatedAt,
      status: "idle",
    });
    expect(story.turns[0]!.prompt.trim().startsWith(title.slice(0, 70).trim())).toBe(true);
  }
});

it.each(["first", "second", "deep-coding"])(
  "lets a model go on with a session of generation %s",
  async (kind) => {
    const { sessionId } = report.sessions.find(
      ({ generation, toolCalls }) => generation === kind && toolCalls > 2,
    )!;
    const story = storyOf(sessionId!);
    provider.enqueue(say.reply(say.text("on it")));
    const calls = provider.requests.length;
    const { taskId } = await server.client.task.submit.mutate({ sessionId: sessionId!, prompt: "go on" });
    const { messages } = await provider.request(calls + 1);

    const told = messages.filter(({ role }) => role !== "system");
    const rounds = (turn: Story["turns"][number]): string[] =>
      turn.rounds.flatMap((round) => ["assistant", ...round.calls.map(() => "tool")]);
    expect(told.map(({ role }) => role)).toEqual([
      ...story.turns.flatMap((turn) => ["user", ...rounds(turn), "assistant"]),
      "user",
    ]);
    expect(told.filter(({ role }) => role === "user").map(({ content }) => contentText(content))).toEqual([
      ...story.turns.map(({ prompt }) => prompt),
      "go on",
    ]);
    await waitFor("the task's end", async () => {
      const { state } = await server.client.task.get.query({ taskId });
      return state === "completed";
    });
  },
);

it("says what it cannot read", async () => {
  expect(await cli("import-alex", "/nowhere")).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("Can't read the directory: it does not exist."),
  });
  const empty = await mkdtemp(join(tmpdir(), "legacy-"));
  expect(await cli("import-alex", empty)).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("no files"),
  });
  await rm(empty, { recursive: true });
});

it("stops at the first file where no server answers, and says how to go on", async () => {
  // Last: from here on the server is gone.
  await server.stop();
  const { exitCode, out, err } = await CliProcess.run(["import-alex", home], { TRUNKLINE_URL: server.url });
  expect(exitCode).toBe(4);
  expect(out).toContain("0 sessions imported, 0 already there");
  expect(out).toContain("Run it again");
  expect(err).toContain(`No server answers at ${server.url}`);
});
