import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, expect, it } from "vitest";
import { runCaptured } from "../testing/captured-cli.ts";

const ID = "01a22c85-4c4f-7770-be5c-322f293b2280";
const TASK = { id: ID, sessionId: ID, state: "working", prompt: "hello" };
const directory = mkdtempSync(join(tmpdir(), "trunkline-foreign-"));
const attached = join(directory, "attached.txt");
writeFileSync(attached, "hello");

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs a command against something that answers every request with JSON. */
async function run(args: readonly string[], answer: (request: IncomingMessage) => string) {
  const server = createServer((request, response) => {
    void text(request).then(() =>
      response.writeHead(200, { "content-type": "application/json" }).end(answer(request)),
    );
  }).listen(0, "127.0.0.1");
  closing.push(() => server.close());
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, ...(await runCaptured([...args, "--url", url], { env: { TRUNKLINE_TOKEN: "t" } })) };
}

const COMMANDS = [
  ["run", "--no-project", "-d", "hello"],
  ["run", "--no-project", "--final", "hello"],
  ["run", "--no-project", "-d", "--attach", attached, "hello"],
  ["attach", ID],
  ["tasks"],
  ["sessions"],
  ["search", "words"],
  ["cancel", ID],
  ["retry", ID],
  ["resume", ID],
  ["edit", ID, "hello"],
  ["steer", ID],
  ["move", ID, "--last"],
  ["setup", ID],
  ["fork", ID],
  ["rename", ID, "title"],
  ["archive", ID],
  ["delete", ID, "--yes"],
  ["files", ID],
  ["output", ID],
  ["diff", ID],
  ["review", ID],
  ["publish", ID],
  ["export", ID],
  ["export", ID, "-o", join(directory, "session.json")],
  ["share", "create", ID],
  ["approve", ID],
  ["models"],
  ["cost"],
  ["budget"],
  ["whoami"],
  ["drain"],
  ["token", "create", "name"],
  ["project", "list"],
  ["mcp", "list"],
  ["audit"],
] as const;

const ANSWERS: Readonly<Record<string, (request: IncomingMessage) => unknown>> = {
  "other contents": () => ({ ok: true }),
  "no result": () => [],
  "an empty answer": (request) => ofEach(request, { result: { data: null } }),
  "an answer of other contents": (request) => ofEach(request, { result: { data: { ok: true } } }),
  "lists of other things": (request) =>
    ofEach(request, { result: { data: { items: [{}], nextCursor: null } } }),
};

/** The envelope for as many calls as are asked. */
function ofEach({ url = "" }: IncomingMessage, result: unknown): unknown[] {
  return (/^\/trpc\/([^?]*)/.exec(url)?.[1] ?? "").split(",").map(() => result);
}

it.each(
  Object.entries(ANSWERS).flatMap(([what, answer]) =>
    COMMANDS.map((args) => ({ command: args.slice(0, -1).join(" ") || args[0], args, what, answer })),
  ),
)("says of $what that it is no Trunkline server's: $command", async ({ args, answer }) => {
  const { url, exitCode, out, err } = await run(args, (request) => JSON.stringify(answer(request)));
  expect(err).toMatch(/is not a Trunkline server/);
  expect(err).toContain(url);
  expect([exitCode, out]).toEqual([4, ""]);
  expect(existsSync(join(directory, "session.json"))).toBe(false);
});

it("takes no task that lacks what follows it", async () => {
  const { task: _, ...answer } = { taskId: ID, sessionId: ID, task: TASK };
  const { exitCode, out } = await run(["run", "--no-project", "-d", "hello"], () =>
    JSON.stringify([{ result: { data: answer } }]),
  );
  expect([exitCode, out]).toEqual([4, ""]);
});

it("goes through no list that never ends", async () => {
  const page = { items: [], nextCursor: "again" };
  const { exitCode, err } = await run(["tasks"], () => JSON.stringify([{ result: { data: page } }]));
  expect(err).toContain("is not a Trunkline server");
  expect(exitCode).toBe(4);
});

it("takes what a newer server adds", async () => {
  const task = { ...TASK, state: "paused", added: { more: 1 }, createdAt: 0, startedAt: null, endedAt: null };
  const page = { items: [task], nextCursor: null, added: true };
  const { exitCode, out } = await run(["tasks"], () => JSON.stringify([{ result: { data: page } }]));
  expect(out).toContain("paused");
  expect(exitCode).toBe(0);
});
