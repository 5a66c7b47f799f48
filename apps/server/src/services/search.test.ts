import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SearchHit } from "@trunkline/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  alice,
  bob,
  done,
  isTerminalEventOf,
  openScriptedServer,
  type Script,
  type ScriptedServer,
} from "../runner/testing/scripted-server.ts";

describe("search", () => {
  let directory: string;
  let server: ScriptedServer;
  const scripts = new Map<string, Script>();

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-search-"));
    scripts.clear();
    server = await openScriptedServer(directory, scripts);
  });
  afterEach(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  async function run(prompt: string, script?: Script): Promise<string> {
    if (script !== undefined) scripts.set(prompt, script);
    const task = await server.submit(prompt);
    await server.until(task.sessionId, isTerminalEventOf(task.id));
    return task.sessionId;
  }

  async function find(text: string, principal = alice): Promise<SearchHit[]> {
    return (await server.search.query(principal, { text, limit: 50 })).items;
  }

  it("finds words in prompts, answers, tool inputs and tool outputs", async () => {
    const sessionId = await run("please grep the zebra", async ({ sink }) => {
      await sink.append([
        { type: "tool.called", data: { callId: "c", tool: "bash", input: { command: "ls giraffe_dir" } } },
      ]);
      await sink.append([
        {
          type: "tool.ended",
          data: { callId: "c", status: "succeeded", output: "error: Elefant not found", durationMs: 1 },
        },
      ]);
      await sink.delta({ type: "text.delta", data: { blockId: "b", text: "the crocodile" } });
      await sink.append([{ type: "text.ended", data: { blockId: "b", text: "the crocodile sleeps" } }]);
      return done("the crocodile sleeps");
    });
    const expected = {
      zebra: "task.submitted",
      giraffe_dir: "tool.called",
      elefant: "tool.ended",
      crocodile: "text.ended",
    };
    for (const [word, type] of Object.entries(expected)) {
      const hits = await find(word);
      expect(hits).toMatchObject([{ sessionId, type, sessionTitle: "please grep the zebra" }]);
      const [{ snippet, matches }] = hits as [SearchHit];
      expect(matches.map(([start, end]) => snippet.slice(start, end).toLowerCase())).toEqual([word]);
    }
  });

  it("needs every word, takes the last as a beginning, and FTS operators as plain words", async () => {
    await run('alpha beta "gamma" NOT delta*');
    expect(await find("alpha gam")).toHaveLength(1);
    expect(await find("alph gamma")).toHaveLength(0);
    expect(await find('beta AND "')).toHaveLength(0);
    expect(await find('NOT "delta')).toHaveLength(1);
    expect(await find("— !!")).toEqual([]);
  });

  it("pages, newest first", async () => {
    for (let index = 0; index < 5; index++) await run(`needle ${index}`);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await server.search.query(alice, { text: "needle", limit: 2, cursor });
      seen.push(...page.items.map((hit) => hit.snippet));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([4, 3, 2, 1, 0].map((index) => `needle ${index}`));
  });

  it("shows nobody else's sessions, and no deleted ones", async () => {
    const sessionId = await run("secret needle");
    expect(await find("needle", bob)).toEqual([]);
    await server.sessions.delete(alice, { sessionId });
    expect(await find("needle")).toEqual([]);
  });

  it("finds what a fork brought along", async () => {
    const sessionId = await run("needle");
    const fork = await server.sessions.fork(alice, { sessionId });
    expect((await find("needle")).map((hit) => hit.sessionId)).toEqual([fork.id, sessionId]);
  });
});
