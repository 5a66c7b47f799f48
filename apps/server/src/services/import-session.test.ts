import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { Readable } from "node:stream";
import type { SessionDocument, TrunklineError } from "@trunkline/contract";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  alice,
  bob,
  done,
  isTerminalEventOf,
  openScriptedServer,
  type Script,
  type ScriptedServer,
} from "../runner/testing/scripted-server.ts";
import { auditRecord } from "../store/testing/audit-record.ts";
import { readRows } from "../store/testing/raw-rows.ts";

type Document = SessionDocument;
type DocumentEvent = Document["events"][number];

const TASK = randomUUID();

function event(seq: number, type: string, data: unknown, taskId: string | null = TASK): DocumentEvent {
  return { seq, taskId, at: 1, type, data: data as never };
}

const BEGINNING = [
  event(1, "session.created", { title: "t", model: null }, null),
  event(2, "task.submitted", { prompt: "p", model: null }),
];

function document(events: readonly DocumentEvent[] = BEGINNING, change: Partial<Document> = {}): Document {
  return {
    format: "trunkline.session",
    version: 1,
    session: { title: "t", agent: "default", model: null, createdAt: 1, updatedAt: 1 },
    tasks: [],
    events: [...events],
    ...change,
  };
}

describe("an import", () => {
  let directory: string;
  let server: ScriptedServer;
  const scripts = new Map<string, Script>();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-import-"));
    server = await openScriptedServer(directory, scripts);
  });
  afterEach(() => {
    // Whatever happened, the import's files are gone.
    const spool = join(directory, "imports");
    expect(existsSync(spool) ? readdirSync(spool) : []).toEqual([]);
  });
  afterAll(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  const directoryOf = (sessionId: string): string => join(directory, "workspaces", sessionId);
  const storedSessions = (): number => readRows(server.databasePath, "sessions").length;

  const send = async (json: string | Buffer | AsyncIterable<Uint8Array>, importKey?: string) => {
    const source =
      typeof json === "string" || Buffer.isBuffer(json) ? Readable.from([Buffer.from(json)]) : json;
    return server.sessions.importStream(alice, source as AsyncIterable<Uint8Array>, { importKey });
  };
  const refusal = async (json: string | Buffer | AsyncIterable<Uint8Array>): Promise<string> => {
    const before = storedSessions();
    const outcome = await send(json).then(
      () => "taken",
      (error: unknown) => error,
    );
    expect(outcome).toMatchObject({ reason: "validation_failed" });
    expect(storedSessions()).toBe(before);
    return (outcome as Error).message;
  };

  it("takes the document as the body, or wrapped with its key, in any order and with a byte order mark", async () => {
    const whole = document();
    const { events, tasks, session, ...rest } = whole;
    for (const body of [
      JSON.stringify(whole),
      JSON.stringify({ document: whole, importKey: "1" }),
      JSON.stringify({ importKey: "2", document: { events, ...rest, tasks, session } }, null, 2),
      `\ufeff ${JSON.stringify(whole)}\r\n`,
    ]) {
      const { created, session: imported } = await send(body);
      expect(created).toBe(true);
      expect(imported.title).toBe("t");
    }
  });

  it("reads the same whatever the pieces that it comes in", async () => {
    const bytes = Buffer.from(
      JSON.stringify(document([...BEGINNING, event(3, "notice", { level: "info", message: 'é😀"\\' })])),
    );
    const pieces = Readable.from(Array.from(bytes, (byte) => Buffer.from([byte])));
    const { session } = await send(pieces);
    const { events } = await server.sessions.events(alice, { sessionId: session.id, limit: 10 });
    expect(events[2]).toMatchObject({ data: { message: 'é😀"\\' } });
  });

  it("works in a directory of its own, whatever project and directory the document names", async () => {
    const projectId = randomUUID();
    const inPlace = { projectId, workspaceKind: "in-place" };
    for (const named of ["/etc", directoryOf("somebody-else"), "workspaces/somebody-else"]) {
      const { session } = await send(
        JSON.stringify(
          document([
            event(1, "session.created", { title: "t", model: null, ...inPlace, workspace: named }, null),
            event(2, "session.forked", { parentId: randomUUID(), atSeq: 1, ...inPlace }, null),
            event(3, "workspace.prepared", { kind: "in-place", projectId, directory: named }, null),
          ]),
        ),
      );
      expect(session).toMatchObject({
        workspace: directoryOf(session.id),
        projectId: null,
        workspaceKind: "fresh",
      });
      const fork = await server.sessions.fork(alice, { sessionId: session.id });
      expect(fork).toMatchObject({ workspace: directoryOf(fork.id), projectId: null });
    }
  });

  it("H4: refuses a text beyond what a live event may have", async () => {
    const han = document([
      ...BEGINNING,
      event(3, "text.ended", { blockId: "b", text: "犬".repeat(18_000_000) }),
    ]);
    expect(await refusal(JSON.stringify(han))).toMatch(/events\[2\] has more than \d+ bytes/);
    const pieces = Array.from({ length: 5 }, (_, index) =>
      event(index + 3, "text.delta", { blockId: "b", text: "x".repeat(1_000_000) }),
    );
    expect(await refusal(JSON.stringify(document([...BEGINNING, ...pieces])))).toContain("block");
  });

  it.each([73, 1_000, 1_000_000])(
    "H4: refuses what is nested %i deep, before it is parsed",
    async (depth) => {
      const json = JSON.stringify(
        document([...BEGINNING, event(3, "tool.called", { callId: "c", tool: "t", input: 0 })]),
      );
      const nested = json.replace('"input":0', `"input":${"[".repeat(depth)}1${"]".repeat(depth)}`);
      expect(await refusal(nested)).toContain("deep");
    },
  );

  it.each([
    ["seq", () => document([event(2 ** 53 - 2, "session.created", { title: "t", model: null }, null)])],
    ["at", () => document([{ ...BEGINNING[0]!, at: 2 ** 53 - 1 }])],
    [
      "session.createdAt",
      () => ({ ...document(), session: { ...document().session, createdAt: 2 ** 53 - 1 } }),
    ],
    [
      "session.updatedAt",
      () => ({ ...document(), session: { ...document().session, updatedAt: Date.now() + 1e9 } }),
    ],
    [
      "usage",
      () =>
        document([
          ...BEGINNING,
          event(3, "step.ended", {
            step: 1,
            usage: { inputTokens: 2 ** 53 - 1, outputTokens: 1 },
            finishReason: "stop",
            toolCalls: [],
          }),
        ]),
    ],
    ["second time", () => document([...BEGINNING, event(3, "task.submitted", { prompt: "p", model: null })])],
    [
      "earlier one",
      () => {
        const task = {
          id: TASK,
          pos: 1,
          state: "completed" as const,
          reason: null,
          prompt: "p",
          model: null,
          attempt: 1,
          usage: null,
          result: "",
          errorCode: null,
          errorMessage: null,
          createdAt: 1,
          startedAt: 1,
          endedAt: 1,
        };
        return document(BEGINNING, { tasks: [task, task] });
      },
    ],
    [
      "pos",
      () => {
        const numbers = { pos: 2 ** 53 - 1, attempt: 1, createdAt: 1, startedAt: 1, endedAt: 1 };
        const texts = { reason: null, prompt: "p", model: null, usage: null, result: "" };
        const state = "completed" as const;
        return document(BEGINNING, {
          tasks: [{ id: TASK, state, ...numbers, ...texts, errorCode: null, errorMessage: null }],
        });
      },
    ],
    [
      "open",
      () =>
        document([
          ...BEGINNING,
          ...Array.from({ length: 10_001 }, (_, index) =>
            event(index + 3, "tool.called", { callId: `c${index}`, tool: "t", input: {} }),
          ),
        ]),
    ],
    [
      "what is open",
      () =>
        document([
          ...BEGINNING,
          ...Array.from({ length: 3 }, (_, index) =>
            event(index + 3, "text.delta", { blockId: `b${index}`, text: "x".repeat(3_000_000) }),
          ),
        ]),
    ],
    [
      "setups",
      () =>
        document([
          ...BEGINNING,
          ...Array.from({ length: 10_001 }, (_, index) =>
            event(index + 3, "setup.started", { setupId: randomUUID(), source: "project", command: "c" }),
          ),
        ]),
    ],
  ])("H5: refuses a document whose %s no live session can have", async (word, make) => {
    expect(await refusal(JSON.stringify(make()))).toContain(word);
  });

  it("refuses what is no document, in a sentence", async () => {
    const json = JSON.stringify(document());
    const hostile: (string | Buffer)[] = [
      "",
      "[]",
      "{",
      json.slice(0, -1),
      `${json}x`,
      `${json}${json}`,
      json.replace('"version":1', '"version":2'),
      json.replace('"tasks":[],', ""),
      json.replace('"tasks":[]', '"tasks":[],"tasks":[]'),
      json.replace('"tasks":[]', '"tasks":[],"more":1'),
      json.replace('"tasks":[]', '"tasks":[,]'),
      json.replace('"tasks":[]', '"tasks":{}'),
      json.replace('"seq":2', '"seq":2.5'),
      Buffer.from(json.replace('"prompt":"p"', '"prompt":"\xff"'), "latin1"),
      `{"document":${json},"importKey":""}`,
      `{"importKey":1,"document":${json}}`,
      JSON.stringify({ document: { document: document() } }),
    ];
    for (const body of hostile) expect(await refusal(body)).not.toBe("");
  });

  it("leaves nothing of an upload that breaks off", async () => {
    async function* broken() {
      yield Buffer.from(JSON.stringify(document()).slice(0, 100));
      throw new Error("the connection was reset");
    }
    const before = storedSessions();
    await expect(send(broken())).rejects.toThrow("the connection was reset");
    expect(storedSessions()).toBe(before);
  });

  it("takes so many imports of one owner at once", async () => {
    const held = Promise.withResolvers<void>();
    async function* slow() {
      await held.promise;
      yield Buffer.from(JSON.stringify(document()));
    }
    const under = Array.from({ length: 4 }, async () => send(slow()));
    await expect(send(slow())).rejects.toMatchObject({ reason: "rate_limited" });
    held.resolve();
    await Promise.all(under);
    await send(JSON.stringify(document()));
  });

  it("takes limits as large as the contract has them, such as two weeks in ms", async () => {
    const budget = { durationMs: 1_209_600_000, tokens: 5_000_000_000, steps: 2_000_000_000 };
    const { sessionId, taskId } = await server.tasks.submit(alice, {
      prompt: "limited",
      budget,
      whenBusy: "enqueue",
    });
    await server.until(sessionId, isTerminalEventOf(taskId));
    const exported = await server.sessions.export(alice, { sessionId });
    const { session } = await send(JSON.stringify(exported));
    const again = await server.sessions.export(alice, { sessionId: session.id });
    expect(JSON.stringify(again)).toContain(JSON.stringify(budget).slice(1, -1));
  });

  it("B10-key: the same key with another document is a conflict, with the same one the first import", async () => {
    const first = await send(JSON.stringify(document()), "K");
    const again = await send(JSON.stringify({ importKey: "K", document: document() }, null, 2));
    expect(again).toMatchObject({ created: false, session: { id: first.session.id } });
    const other = document([...BEGINNING, event(3, "notice", { level: "info", message: "other" })]);
    await expect(send(JSON.stringify(other), "K")).rejects.toMatchObject({ reason: "idempotency_conflict" });
    await expect(server.sessions.import(alice, { document: other, importKey: "K" })).rejects.toMatchObject({
      reason: "idempotency_conflict",
    });
    expect((await server.sessions.import(bob, { document: other, importKey: "K" })).created).toBe(true);
  });

  it("the same key many times at once is one import, and as long as that is being deleted there is no other", async () => {
    const json = JSON.stringify(document());
    const answers = await Promise.all(Array.from({ length: 4 }, async () => send(json, "together")));
    expect(new Set(answers.map(({ session }) => session.id)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    const conflicts = await Promise.allSettled(
      [1, 2].map(async (at) =>
        send(
          JSON.stringify(
            document([
              event(1, "session.created", { title: "t", model: null }, null),
              event(2, "notice", { level: "info", message: String(at) }, null),
            ]),
          ),
          "apart",
        ),
      ),
    );
    expect(
      conflicts.map((each) => (each.status === "rejected" ? (each.reason as TrunklineError).reason : "")),
    ).toEqual(expect.arrayContaining(["", "idempotency_conflict"]));
    const { id } = answers[0]!.session;
    await server.store.sessions.hide({ id, at: 1, hiddenBy: "n" }, auditRecord());
    await expect(send(json, "together")).rejects.toMatchObject({ reason: "unavailable" });
    await server.store.sessions.remove(id);
    expect((await send(json, "together")).created).toBe(true);
  });

  it("B10-size: what is exported can be imported, and is the same again, in pieces of bounded size", async () => {
    const answer = "\u0001".repeat(1_900_000);
    scripts.set("long", async ({ sink }) => {
      await sink.append([{ type: "text.ended", data: { blockId: "b", text: answer } }]);
      return done("long");
    });
    let sessionId: string | undefined;
    for (let index = 0; index < 3; index++) {
      const task = await server.submit("long", sessionId);
      sessionId = task.sessionId;
      await server.until(sessionId, isTerminalEventOf(task.id));
    }
    await expect(server.sessions.export(alice, { sessionId: sessionId! })).rejects.toMatchObject({
      reason: "payload_too_large",
    });
    const exported = async (id: string) =>
      text(Readable.from(server.sessions.exportStream(alice, { sessionId: id })));
    const json = await exported(sessionId!);
    expect(json.length).toBeGreaterThan(3 * 6 * answer.length);
    const { session } = await send(await buffer(Readable.from([Buffer.from(json)])));
    const again = JSON.parse(await exported(session.id)) as Document;
    const original = JSON.parse(json) as Document;
    expect(again.events.pop()?.type).toBe("session.imported");
    expect(again.events.map(({ type }) => type)).toEqual(original.events.map(({ type }) => type));
    expect(again.events.filter(({ data }) => JSON.stringify(data).length > answer.length)).toHaveLength(3);
  });
});
