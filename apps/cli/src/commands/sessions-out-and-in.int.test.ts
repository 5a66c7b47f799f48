import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SearchHit, Session, SessionDocument } from "@trunkline/contract";
import { readLog, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CliProcess, type CliResult } from "../testing/cli-process.ts";

let server: ServerFixture;
let directory: string;
let sessionId: string;
const cli = (args: string[], input = ""): Promise<CliResult> =>
  CliProcess.run(args, { TRUNKLINE_DATA_DIR: server.dataDir }, input);

beforeAll(async () => {
  server = await ServerFixture.start();
  directory = await mkdtemp(join(tmpdir(), "trunkline-out-and-in-"));
  const submitted = await server.client.task.submit.mutate({ prompt: "run: echo zebra crossing" });
  sessionId = submitted.sessionId;
  await waitFor("the task's end", async () => {
    const { state } = await server.client.task.get.query({ taskId: submitted.taskId });
    return state === "completed";
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

describe("fork", () => {
  it("makes a session of the first events of another", async () => {
    const { exitCode, out } = await cli(["fork", sessionId, "--at", "2", "--title", "another way", "--json"]);
    expect(exitCode).toBe(0);
    const fork = JSON.parse(out) as Session;
    expect(fork).toMatchObject({ parentId: sessionId, forkedAtSeq: 2, title: "another way" });
    expect((await cli(["fork", sessionId])).out).toMatch(
      /^Forked at event \d+\.\n.*trunkline run --session \S+/,
    );
  });

  it("blames the caller for what is not there", async () => {
    expect((await cli(["fork", crypto.randomUUID()])).exitCode).toBe(2);
    expect(await cli(["fork", sessionId, "--at", "99999"])).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(/^error: .+/),
    });
    expect((await cli(["fork", sessionId, "--title", " "])).err).toContain("1 to 200 characters");
  });
});

describe("search", () => {
  it("finds words where they were said and done", async () => {
    const { exitCode, out } = await cli(["search", "zebra", "cross"]);
    expect(out).toMatch(/^SESSION +SEQ +KIND +TEXT\n/);
    expect(out).toMatch(new RegExp(`^${sessionId} +\\d+ +prompt +run: echo zebra crossing$`, "m"));
    expect(out).toMatch(new RegExp(`^${sessionId} +\\d+ +output +zebra crossing`, "m"));
    expect(exitCode).toBe(0);
  });

  it("searches one session", async () => {
    const { out } = await cli(["search", "--session", sessionId.slice(0, 13), "zebra", "--json"]);
    const hits = out.trim().split("\n");
    expect(hits.map((line) => (JSON.parse(line) as SearchHit).sessionId)).toEqual(hits.map(() => sessionId));
  });

  it("prints lines of JSON, says that there is more, and that there is nothing", async () => {
    const one = await cli(["search", "--json", "--limit", "1", "zebra"]);
    expect(JSON.parse(one.out) as SearchHit).toMatchObject({ snippet: expect.stringContaining("zebra") });
    expect(one.err).toContain("For more: --limit");
    expect(await cli(["search", "xylophone"])).toEqual({
      exitCode: 0,
      out: "",
      err: "No results.\n",
    });
  });
});

describe("export and import", () => {
  it("writes a session out and brings it back the same", async () => {
    const file = join(directory, "session.json");
    expect((await cli(["export", sessionId, "--out", file])).out).toMatch(
      /session\.json {2}\d+ events, [\d.]+ kB\n$/,
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const again = await cli(["export", sessionId, "--out", file]);
    expect(again).toMatchObject({ exitCode: 2, err: expect.stringContaining("exists already") });

    const imported = await cli(["import", file, "--key", "k", "--json"]);
    const { session, created } = JSON.parse(imported.out) as { session: Session; created: boolean };
    expect(created).toBe(true);
    const types = async (id: string) =>
      (await readLog(server.client, id)).map(({ seq, type }) => [seq, type]);
    // Its own fields come after everything it contains.
    const bringsAlong = (await types(session.id)).filter(([, type]) => type !== "session.imported");
    expect(bringsAlong).toEqual(await types(sessionId));
    const second = await cli(["import", file, "--key", "k"]);
    expect(second.out).toContain(`Already imported.\n  show it:  trunkline attach ${session.id}`);
  });

  it("goes through pipes", async () => {
    const { out } = await cli(["export", sessionId]);
    expect((JSON.parse(out) as SessionDocument).format).toBe("trunkline.session");
    expect(await cli(["import", "-"], out)).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^Imported\.\n/),
    });
  });

  it("B10-size: what is too large for one call goes out and comes in as a stream, also with a byte order mark", async () => {
    const file = join(directory, "large.json");
    const { client } = server;
    const { document } = { document: await client.session.export.query({ sessionId }) };
    const last = document.events.at(-1)!.seq;
    for (let index = 1; index <= 5; index++) {
      const data = { level: "info" as const, message: "\u0001".repeat(200_000) };
      document.events.push({ seq: last + index, taskId: null, at: 1, type: "notice", data });
    }
    await writeFile(file, `\ufeff${JSON.stringify(document)}`);
    const { session } = JSON.parse((await cli(["import", file, "--json"])).out) as { session: Session };

    const out = join(directory, "large-again.json");
    const written = await cli(["export", session.id, "--out", out, "--json"]);
    const { events, bytes } = JSON.parse(written.out) as { events: number; bytes: number };
    const text = await readFile(out, "utf8");
    expect([events, Buffer.byteLength(text)]).toEqual([document.events.length + 1, bytes]);
    expect(bytes).toBeGreaterThan(6_000_000);
    const again = JSON.parse(text) as SessionDocument;
    expect(again.events).toHaveLength(events);
    const piped = await cli(["import", "-"], await readFile(out, "utf8"));
    expect(piped.out).toMatch(/^Imported\.\n/);
  });

  it("writes Markdown to be read", async () => {
    const { out } = await cli(["export", sessionId, "--format", "markdown"]);
    expect(out).toMatch(/^# .+\n[^]*## User\n\nrun: echo zebra crossing\n\n## Assistant\n/);
    expect(out).toContain("```sh\necho zebra crossing\n```\n\n```\nzebra crossing\n");

    const file = join(directory, "session.md");
    const written = await cli(["export", sessionId, "--format", "markdown", "--out", file, "--json"]);
    const bytes = Buffer.byteLength(out);
    expect(JSON.parse(written.out)).toMatchObject({ file, format: "markdown", bytes });
    expect(await readFile(file, "utf8")).toBe(out);
  });

  it("says what is wrong with a file", async () => {
    const file = join(directory, "wrong.json");
    await writeFile(file, '{"format":"other"}');
    const wrong = await cli(["import", file]);
    expect(wrong).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("is not an exported session"),
    });
    expect(await readFile(file, "utf8")).toBe('{"format":"other"}');
    expect((await cli(["import", "-"], "# Markdown")).err).toContain("The standard input is not JSON");
    expect((await cli(["import", join(directory, "missing")])).err).toContain("it does not exist");
  });
});
