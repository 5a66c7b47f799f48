import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { applyEvents, emptySessionView } from "@trunkline/contract/session-view";
import { parseEventData, SessionDocument } from "@trunkline/contract/schemas";
import type { ImportSessionInput, Session } from "@trunkline/contract";
import { assertLogHolds } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TranscriptBuilder } from "../../../server/src/agent/transcript/transcript.ts";
import { importDirectory, type ImportOptions, type ImportResult } from "./import-directory.ts";
import type { SendDocument } from "./send-document.ts";
import { expectedTranscript } from "./testing/expected-transcript.ts";
import { fingerprint, type LegacyDirectory, writeLegacyDirectory } from "./testing/legacy-directory.ts";
import { eventsOf, readTranscript } from "./testing/read-transcript.ts";

const COUNT = 500;
let home: string;
let legacy: LegacyDirectory;
let before: Record<string, string>;
/** Documents sent, by the original's id. */
const sent = new Map<string, ImportSessionInput>();
let result: ImportResult;

function run(options: Partial<ImportOptions> = {}): Promise<ImportResult> {
  const defaults = { costsDirectory: null, send: null, onFile() {}, signal: new AbortController().signal };
  return importDirectory({ directory: home, ...defaults, ...options });
}

const record: SendDocument = async (input) => {
  sent.set(/^alex:(.*)@/.exec(input.importKey!)![1]!, input);
  return { created: true, session: { id: "new", updatedAt: 0 } as Session };
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "legacy-"));
  legacy = await writeLegacyDirectory(home, COUNT);
  before = await fingerprint(home);
  result = await run({ send: record });
});
afterAll(() => rm(home, { recursive: true }));

const documents = (): SessionDocument[] => legacy.stories.map(({ id }) => sent.get(id)!.document);

describe("500 generated sessions", () => {
  it("are all imported, and counted by generation", () => {
    const { stories } = legacy;
    const of = (generation: string) => stories.filter((story) => story.generation === generation).length;
    expect(result.error).toBeNull();
    expect(result.report).toMatchObject({
      files: COUNT + legacy.misfits.size,
      imported: COUNT,
      skipped: legacy.misfits.size,
      generations: { first: of("first"), second: of("second"), "deep-coding": of("deep-coding") },
      tasks: stories.reduce((sum, { turns }) => sum + turns.length, 0),
      toolCalls: stories.flatMap(({ turns }) =>
        turns.flatMap(({ rounds }) => rounds.flatMap(({ calls }) => calls)),
      ).length,
    });
    expect([...sent.keys()].toSorted()).toEqual(stories.map(({ id }) => id).toSorted());
  });

  it("say the same, in the same order and roles, at the same times", () => {
    for (const story of legacy.stories) {
      const { document } = sent.get(story.id)!;
      expect(readTranscript(eventsOf(document)), story.id).toEqual(expectedTranscript(story));
      expect(document.session, story.id).toMatchObject({
        createdAt: story.expectedCreatedAt,
        updatedAt: story.expectedUpdatedAt,
      });
      expect(document.tasks.map((task) => [task.prompt, task.result])).toEqual(
        story.turns.map(({ prompt, answer }) => [prompt, answer]),
      );
    }
  });

  it("are documents of the contract, whose logs hold", () => {
    for (const document of documents()) {
      SessionDocument.parse(document);
      for (const { type, data } of document.events) parseEventData(type as "notice", data);
      const events = eventsOf(document);
      assertLogHolds(events);
      const times = events.map(({ at }) => at);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });

  it("give a view in which every turn, call and answer has its row", () => {
    for (const story of legacy.stories) {
      const { rows, tasks } = applyEvents(emptySessionView(), eventsOf(sent.get(story.id)!.document));
      const calls = story.turns.flatMap(({ rounds }) => rounds.flatMap((round) => round.calls));
      expect(rows.filter(({ kind }) => kind === "turn")).toHaveLength(story.turns.length);
      expect(rows.flatMap((row) => (row.kind === "tool" ? [row.state] : []))).toEqual(
        calls.map(({ error }) => (error === null ? "succeeded" : "failed")),
      );
      expect(rows.filter(({ kind }) => kind === "end")).toHaveLength(story.turns.length);
      expect(tasks.every(({ state }) => state === "completed")).toBe(true);
    }
  });

  it("give a model a prompt in which roles alternate and every call has its result", () => {
    for (const story of legacy.stories) {
      const transcript = new TranscriptBuilder();
      for (const event of eventsOf(sent.get(story.id)!.document)) transcript.apply(event);
      const prompt = transcript.prompt("system", "openai:m");
      const roles = prompt.map(({ role }) => role).join(" ");
      const expected = story.turns.map(
        ({ rounds }) => `user ${"assistant tool ".repeat(rounds.length)}assistant`,
      );
      expect(roles).toBe(["system", ...expected].join(" "));
      const names = prompt.flatMap(({ role, content }) =>
        role === "assistant"
          ? content.flatMap((part) => (part.type === "tool-call" ? [part.toolCallId] : []))
          : [],
      );
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("keep their forks' parents, which are reported", () => {
    const forks = legacy.stories.filter(({ forkedFrom }) => forkedFrom !== null);
    expect(forks).toHaveLength(9);
    expect(
      result.report.forks.map(({ id, forkedFrom, parentSessionId }) => [id, forkedFrom, parentSessionId]),
    ).toEqual(
      expect.arrayContaining(
        forks.map(({ id, forkedFrom }) => [
          id,
          forkedFrom,
          forkedFrom === "session-of-another-machine" ? null : "new",
        ]),
      ),
    );
    for (const { id, forkedFrom } of forks) {
      expect(noticesOf(sent.get(id)!.document)).toContain(`Forked from ${forkedFrom}`);
    }
  });

  it("name what may have been overwritten, and what is not in the files", () => {
    const { stories } = legacy;
    const firsts = stories.filter(({ generation }) => generation === "first");
    const lostCalls = firsts.flatMap(({ turns }) =>
      turns.flatMap(({ rounds }) => rounds.flatMap(({ calls }) => calls)),
    );
    expect(result.report.remarks).toEqual({
      "may-have-overwritten": firsts.length,
      "calls-lost": lostCalls.length,
      "system-prompts-left-out": stories.filter(({ system }) => system !== null).length,
      "times-unknown": stories.filter(({ createdAt }) => createdAt === null).length,
      "usage-of-session": stories.filter(({ costs, turns }) => costs.length > 0 && turns.length > 1).length,
    });
    for (const { id, turns } of firsts) {
      const says = noticesOf(sent.get(id)!.document).includes("without their calls");
      expect(says).toBe(turns.some(({ rounds }) => rounds.length > 0));
    }
  });

  it("count what they cost, once", () => {
    for (const { id, costs } of legacy.stories) {
      const { document } = sent.get(id)!;
      const inputTokens = costs.reduce((sum, cost) => sum + cost.inputTokens, 0);
      const outputTokens = costs.reduce((sum, cost) => sum + cost.outputTokens, 0);
      const usages = document.tasks.flatMap(({ usage }) => usage ?? []);
      expect(usages).toEqual(costs.length === 0 ? [] : [{ inputTokens, outputTokens }]);
      const steps = applyEvents(emptySessionView(), eventsOf(document)).tasks;
      expect(steps.reduce((sum, { usage }) => sum + usage.inputTokens, 0)).toBe(inputTokens);
    }
    const total = legacy.stories
      .flatMap(({ costs }) => costs)
      .reduce((sum, { totalCost }) => sum + totalCost, 0);
    expect(result.report.costs).toMatchObject({
      counted: { costUsd: expect.closeTo(total, 6) },
      elsewhere: { calls: 1, inputTokens: 5, outputTokens: 6, costUsd: 0.25 },
      unreadableLines: 1,
    });
  });

  it("take no secret along", () => {
    expect(JSON.stringify(documents())).not.toContain("sk-must-not-travel");
  });
});

it("says of every other file why it is skipped", () => {
  const reasons = new Map(result.report.skips.map(({ file, reason }) => [basename(file), reason]));
  expect(reasons).toEqual(legacy.misfits);
});

it("changes nothing in the source", async () => {
  expect(await fingerprint(home)).toEqual(before);
});

it("gives the same documents and keys again, in a dry run too", async () => {
  const again = new Map(sent);
  sent.clear();
  await run({ send: record });
  expect(sent).toEqual(again);
  const { report } = await run();
  expect(report).toMatchObject({
    dryRun: true,
    wouldImport: COUNT,
    imported: 0,
    skipped: legacy.misfits.size,
  });
});

it("gives the same key wherever the file is", async () => {
  const keys = [...sent.values()].map(({ importKey }) => importKey);
  expect(keys.join("\n")).not.toContain(home);
  expect(new Set(keys).size).toBe(COUNT);
});

it("stops between two files when it is asked to, and at an error that every file would meet", async () => {
  const controller = new AbortController();
  const interrupted = await run({
    signal: controller.signal,
    onFile: (_, done) => {
      if (done === 2) controller.abort();
    },
  });
  expect(interrupted).toMatchObject({ error: null, report: { wouldImport: 3, stopped: "interrupted" } });
  const broken = await run({ send: () => Promise.reject(new Error("no server")) });
  expect(broken).toMatchObject({
    error: { message: "no server" },
    report: { imported: 0, stopped: "no server" },
  });
});

it("goes on where the server refuses one document, and does not call its copy a duplicate", async () => {
  const { report } = await run({ send: async () => ({ skip: { reason: "refused", message: "no" } }) });
  expect(report.skips.filter(({ reason }) => reason === "refused")).toHaveLength(COUNT + 1);
});

it("tells when alex has gone on with a session since it was imported", async () => {
  const { report } = await run({
    send: async ({ document }) => {
      const updatedAt = document.session.updatedAt - (document.tasks.length === 1 ? 1 : 0);
      return { created: false, session: { id: "old", updatedAt } as Session };
    },
  });
  const changed = report.sessions.filter(({ changedSince }) => changedSince);
  expect(changed.every(({ tasks }) => tasks === 1)).toBe(true);
  expect(report.alreadyThere).toBe(COUNT);
  expect(changed.length).toBe(legacy.stories.filter(({ turns }) => turns.length === 1).length);
});

function noticesOf({ events }: SessionDocument): string {
  return JSON.stringify(events.filter(({ type }) => type === "notice"));
}
