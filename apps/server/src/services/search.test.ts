import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SearchHit } from "@trunkline/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readRows } from "../store/testing/raw-rows.ts";
import {
  alice,
  bob,
  done,
  isTerminalEventOf,
  openScriptedServer,
  type Script,
  type ScriptedServer,
} from "../runner/testing/scripted-server.ts";
import { openDatabase } from "../store/sqlite/open-database.ts";

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

  it("searches one session, if it is the caller's", async () => {
    const sessionId = await run("one needle");
    await run("another needle");
    const within = async (principal: typeof alice) =>
      (await server.search.query(principal, { text: "needle", sessionId, limit: 50 })).items;
    expect((await within(alice)).map(({ snippet }) => snippet)).toEqual(["one needle"]);
    expect(await within(bob)).toEqual([]);
  });

  it("finds what a fork brought along", async () => {
    const sessionId = await run("needle");
    const fork = await server.sessions.fork(alice, { sessionId });
    expect((await find("needle")).map((hit) => hit.sessionId)).toEqual([fork.id, sessionId]);
  });

  it("finds what is in quotes as it stands, and words of a tool's input whatever JSON makes of them", async () => {
    await run("edit it", async ({ sink }) => {
      const input = { path: "a.ts", content: 'first line\nsecond\t"quoted"', at: { line: 417 } };
      await sink.append([{ type: "tool.called", data: { callId: "c", tool: "write_file", input } }]);
      await sink.append([
        { type: "tool.ended", data: { callId: "c", status: "succeeded", output: "a\0b ok", durationMs: 1 } },
      ]);
      return done();
    });
    for (const text of ["second", "quoted", "417", "write_file", '"first line"', '"line second"']) {
      expect(await find(text)).toMatchObject([{ type: "tool.called" }]);
    }
    expect(await find('"second line"')).toEqual([]);
    expect(await find("content")).toEqual([]);
    expect(await find("b ok")).toMatchObject([{ type: "tool.ended" }]);
  });

  it("finds words of scripts without spaces, with and without diacritics, in any case", async () => {
    await run("我们在数据库里搜索全文，用SQLite修复错误");
    await run("東京タワーでラーメンを食べました");
    await run("데이터베이스에서 검색합니다");
    await run("ภาษาไทยไม่มีช่องว่าง");
    await run("Ärger im Café, naïve e\u0301tude ИЗМЕНЕНИЕ");
    const found = async (text: string) =>
      (await find(text)).map(({ snippet, matches }) =>
        matches.map(([start, end]) => snippet.slice(start, end)).join("|"),
      );
    expect(await found("数据库")).toEqual(["数据库"]);
    expect(await found("修复")).toEqual(["修复"]);
    expect(await found("sqlite修复")).toEqual(["SQLite修复"]);
    expect(await found("库数据")).toEqual([]);
    expect(await found("ラーメン")).toEqual(["ラーメン"]);
    expect(await found("東京")).toEqual(["東京"]);
    expect(await found("검색")).toEqual(["검색"]);
    expect(await found("ไทย")).toHaveLength(1);
    expect(await found("cafe arger NAIVE étude")).toHaveLength(1);
    expect(await found("изменение")).toEqual(["ИЗМЕНЕНИЕ"]);
    expect((await find("数据库"))[0]!.snippet).toBe("我们在数据库里搜索全文，用SQLite修复错误");
  });

  it("takes whatever is typed for words", async () => {
    await run("plain words");
    const hostile = [
      '"',
      '""',
      '"""',
      '"plain',
      "NEAR(plain words, 2)",
      "^plain",
      "plain^2",
      "text:plain",
      "owner : plain",
      "{owner text} : plain",
      "-plain",
      "plain OR",
      "AND AND",
      "(plain",
      ") OR (1=1",
      "pl*in*",
      "*",
      "'; drop table events; --",
      "plain\0words",
      "\0",
      "\ud800 plain",
      "\u0002plain\u0003",
      "x ".repeat(250),
      "字".repeat(500),
      '"a" '.repeat(125),
      "🦓🦓",
      "ª".repeat(500),
    ];
    for (const text of hostile) expect(Array.isArray(await find(text))).toBe(true);
    expect(await find("plain\0words")).toHaveLength(1);
    expect(await find("text:plain")).toEqual([]);
    expect(await find("pl*in*")).toEqual([]);
  });

  it("gives each caller pages of their own hits, among any number of others'", async () => {
    for (let index = 0; index < 6; index++) {
      const principal = index % 2 === 0 ? alice : bob;
      const { task } = await server.tasks.submit(principal, {
        prompt: `shared ${index}`,
        whenBusy: "enqueue",
      });
      await server.until(task.sessionId, isTerminalEventOf(task.id));
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await server.search.query(bob, { text: "shared", limit: 1, cursor });
      seen.push(...page.items.map((hit) => hit.snippet));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(["shared 5", "shared 3", "shared 1"]);
    expect(await find(alice.userId, bob)).toEqual([]);
  });

  it("holds wholes and no pieces, and agrees with the log after forks, imports and deletions", async () => {
    const sessionId = await run("stream", async ({ sink }) => {
      for (const text of ["some ", "pieces"])
        await sink.delta({ type: "text.delta", data: { blockId: "b", text } });
      expect(readRows(server.databasePath, "search_documents")).toHaveLength(1);
      await sink.append([{ type: "text.ended", data: { blockId: "b", text: "some pieces 数据" } }]);
      return done();
    });
    const fork = await server.sessions.fork(alice, { sessionId });
    const document = await server.sessions.export(alice, { sessionId: fork.id });
    await server.sessions.import(bob, { document });
    await run("another");
    await server.sessions.delete(alice, { sessionId });
    await server.runner.stop();
    const database = openDatabase(join(directory, "db"), "write");
    // Throws if the index is inconsistent (https://sqlite.org/fts5.html).
    database.exec("insert into search (search, rank) values ('integrity-check', 1)");
    const expected = database
      .prepare(
        `select search_words(type, data) from events
         where type in ('task.submitted', 'text.ended', 'tool.called', 'tool.ended')`,
      )
      .pluck()
      .all() as string[];
    database.exec("create virtual table temp.search_terms using fts5vocab(main, search, instance)");
    const indexed = database
      .prepare(
        `select (select group_concat(term, ' ' order by offset) from search_terms where doc = id) from search_documents`,
      )
      .pluck();
    expect(expected).toHaveLength(5);
    expect(new Set(indexed.all())).toEqual(new Set(expected));
    database.close();
  });

  it.each([
    ["كِتَاب", "كتاب"],
    ["테스트", "테스트"],
    ["Straße", "strasse"],
    ["ＦＵＬＬ ｗｉｄｔｈ", "full width"],
    ["cafe\u0301", "café"],
    ["İstanbul", "istanbul"],
  ])("D1 (B2-*): finds %s by %s", async (said, typed) => {
    await run(`say: ${said}`);
    expect(await find(typed)).toHaveLength(1);
    const query = typed.toUpperCase();
    const { items } = await server.sessions.list(alice, { query, archived: false, limit: 50 });
    expect(items).toMatchObject([{ title: `say: ${said}` }]);
  });

  it("H1: a text of nothing but the word, a phrase of nothing but one word: answered in bounds", async () => {
    await run("a ".repeat(100_000));
    await run("error ".repeat(10_600));
    for (const text of ["a", "a a", '"a a a a"', '"a a a b"']) {
      for (const { snippet } of await find(text)) expect(snippet.length).toBeLessThan(500);
    }
    expect(await find("a")).toHaveLength(1);
    expect(await find("error error")).toHaveLength(1);
    expect(await find('"error error"')).toHaveLength(1);
  });

  it("H4: a text of millions of characters without spaces is stored, and found by its beginning", async () => {
    await run("huge", async ({ sink }) => {
      await sink.append([
        { type: "text.ended", data: { blockId: "b", text: `数据库${"犬".repeat(4_000_000)}` } },
      ]);
      return done();
    });
    expect(await find("数据库")).toHaveLength(1);
  });

  it("H21: the cursor tells nothing of how much others have written", async () => {
    const cursorOf = async () => (await server.search.query(bob, { text: "mine", limit: 1 })).nextCursor;
    const asBob = async (prompt: string) => {
      const { task } = await server.tasks.submit(bob, { prompt, whenBusy: "enqueue" });
      await server.until(task.sessionId, isTerminalEventOf(task.id));
    };
    await asBob("mine 1");
    await asBob("mine 2");
    const before = await cursorOf();
    expect(before).not.toBeNull();
    for (let index = 0; index < 5; index++) await run(`others' ${index}`);
    expect(await cursorOf()).toBe(before);
    await asBob("mine 3");
    expect(Number(await cursorOf()) - Number(before)).toBe(1);
  });
});
