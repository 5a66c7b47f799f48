import { once } from "node:events";
import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionEvent } from "@trunkline/contract";
import {
  assertLogHolds,
  type ChatRequest,
  contentText,
  FakeProvider,
  readLog,
  type Reply,
  say,
  ServerFixture,
  type Step,
  waitFor,
} from "@trunkline/testkit";
import { expect, it } from "vitest";

const STEPS = 60;
const LONG_MS = 250_000;
const HELP = "Help with that.";

/** Steps at which something happens. */
const AT = {
  /** The answer is cut off twice. */
  failure: 8,
  /** A long output is read on. */
  output: 11,
  /** The provider takes no calls for an hour. */
  limit: 14,
  question: 20,
  fetch: 23,
  approvals: [26, 30],
  /** The provider finds the conversation too long. */
  overflow: 38,
  /** The server is killed while a call runs. */
  kill: 46,
} as const;

/** What each step calls; the others run a command. */
const CALLS: Partial<Record<number, Step[]>> = {
  1: [say.toolCall("plan", { items: [{ text: "Work", status: "active" }] })],
  2: [say.toolCall("write_file", { path: "notes.md", content: "one\ntwo\n" })],
  3: [say.toolCall("read_file", { path: "notes.md" }), say.toolCall("list_files", {})],
  4: [say.toolCall("edit_file", { path: "notes.md", oldText: "two", newText: "three" })],
  5: [say.toolCall("glob", { pattern: "*.md" }), say.toolCall("grep", { pattern: "thr.e" })],
  6: [
    say.toolCall("apply_patch", {
      patch: "*** Begin Patch\n*** Update File: notes.md\n@@\n one\n-three\n+four\n*** End Patch\n",
    }),
  ],
  7: [say.toolCall("bash", { command: "sleep 600", background: true })],
  9: [say.toolCall("processes", { action: "list" }), say.toolCall("processes", { action: "end", id: "p1" })],
  10: [say.toolCall("bash", { command: "seq 30000" })],
  12: [say.toolCall("subagent", { title: "Help", prompt: HELP })],
  [AT.question]: [say.toolCall("ask_user", { question: "Go on?" })],
  // Its answer is a stranger's: from here on fetching asks.
  [AT.fetch]: [say.toolCall("web_fetch", { url: "https://none.invalid/" })],
  [AT.approvals[0]]: [say.toolCall("web_search", { query: "how to end" })],
  [AT.approvals[1]]: [say.toolCall("web_fetch", { url: "https://two.invalid/" })],
  [AT.kill]: [say.toolCall("bash", { command: "echo begun; sleep 600" })],
};

/** Of each as many as there are to be. */
const EVENTS: [SessionEvent["type"], number][] = [
  ["step.ended", STEPS],
  ["approval.answered", 2],
  ["question.answered", 1],
  ["task.steered", 1],
  ["context.compacted", 1],
  ["task.interrupted", 1],
];

/** A search engine that finds one page. */
async function startEngine() {
  const searched: (string | null)[] = [];
  const engine = createServer(({ url = "" }, response) => {
    searched.push(new URL(url, "http://engine").searchParams.get("q"));
    const results = [{ title: "The end", url: "https://end.invalid/", content: "Stop." }];
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ results }));
  });
  await once(engine.listen(0, "127.0.0.1"), "listening");
  const { port } = engine.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    searched,
    async [Symbol.asyncDispose]() {
      engine.close();
      engine.closeAllConnections();
      await once(engine, "close");
    },
  };
}

const isHelp = ({ messages }: ChatRequest): boolean =>
  messages.some(({ role, content }) => role === "user" && contentText(content) === HELP);

/** Reads what the result of the long command names. */
function readsOutput({ messages }: ChatRequest): Step {
  const output = /read_output \{"output":"([^"]+)"/.exec(
    messages.map(({ content }) => contentText(content)).join("\n"),
  );
  return say.toolCall("read_output", { output: output?.[1], offset: 20_000, limit: 2 });
}

const isSummary = ({ messages }: ChatRequest): boolean =>
  contentText(messages[0]?.content).includes("summar") && !messages.some(({ role }) => role === "tool");

/** How many steps the conversation has, by their numbers in it: a server that died goes on from the last whole one. */
function stepsIn({ messages }: ChatRequest): number {
  const numbers = messages.flatMap(({ content }) =>
    [...contentText(content).matchAll(/step (\d+)\./g)].map(([, number]) => Number(number)),
  );
  return Math.max(0, ...numbers);
}

it("sixty steps with every tool, approvals, a question, a message, a summary, a failing provider, a limit and a kill end whole", async () => {
  const happened = new Set<string>();
  const first = (what: string): boolean => !happened.has(what) && happened.add(what) !== undefined;
  const sent: ChatRequest[] = [];
  const respond = (request: ChatRequest): Reply => {
    if (isHelp(request)) return say.reply(say.text("Helped."));
    if (isSummary(request)) {
      happened.add("summary");
      return say.reply(say.text(`We are at step ${stepsIn(request)}.`));
    }
    const step = stepsIn(request) + 1;
    if (step === AT.failure && first("cut")) return say.reply(say.text("I was about"), say.cut());
    if (step === AT.failure && first("error")) return say.reply(say.httpError(500));
    if (step === AT.limit && first("limit")) return say.reply(say.httpError(429, { retryAfter: 3_600 }));
    if (step === AT.overflow && first("overflow")) {
      return say.reply(say.httpError(400, { message: "This model's maximum context length is 8192 tokens" }));
    }
    sent.push(request);
    const text = say.text(`This is step ${step}.`);
    if (step >= STEPS) return say.reply(text);
    if (step === AT.output) return say.reply(text, readsOutput(request));
    return say.reply(
      text,
      ...(CALLS[step] ?? [say.toolCall("bash", { command: `echo ${step} >> log.txt` })]),
    );
  };
  await using provider = await FakeProvider.start({ respond });
  await using engine = await startEngine();
  await using directory = await mkdtempDisposable(join(tmpdir(), "trunkline-sixty-"));
  const configFile = join(directory.path, "config.json");
  await writeFile(configFile, JSON.stringify({ search: { provider: "searxng", baseUrl: engine.url } }));
  const env = { ...provider.serverEnv, TRUNKLINE_CONFIG_FILE: configFile };
  await using server = await ServerFixture.start({ env });
  const { sessionId, taskId } = await server.client.task.submit.mutate({
    prompt: "Work through it.",
    budget: { steps: 100 },
  });
  const events = async () => readLog(server.client, sessionId);
  const asked = async () => server.client.session.get.query({ sessionId });

  const whenOpen = async (kind: "approvals" | "questions") =>
    waitFor(`one of ${kind}`, async () => (await asked())[kind][0] ?? false, { timeoutMs: LONG_MS });

  await waitFor(
    "the limit",
    async () => (await server.client.task.get.query({ taskId })).reason === "limit",
    {
      timeoutMs: LONG_MS,
    },
  );
  await server.client.task.resume.mutate({ taskId });
  const question = await whenOpen("questions");
  await server.client.question.answer.mutate({ questionId: question.id, answer: { text: "Go on" } });
  for (const decision of ["allow", "deny"] as const) {
    const approval = await whenOpen("approvals");
    await server.client.approval.answer.mutate({ approvalId: approval.id, decision });
  }
  await waitFor(
    "the call that outlives the server",
    async () =>
      (await events()).some((event) => event.type === "tool.progress" && event.data.chunk.includes("begun")),
    { timeoutMs: LONG_MS },
  );
  await server.client.task.submit.mutate({ sessionId, prompt: "Mind the gap.", whenBusy: "steer" });
  await server.kill();
  await server.restart();
  await waitFor("the end", async () => (await server.client.task.get.query({ taskId })).endedAt !== null, {
    timeoutMs: LONG_MS,
  });

  const log = await events();
  assertLogHolds(log);
  expect(await server.client.task.get.query({ taskId })).toMatchObject({
    state: "completed",
    errorMessage: null,
  });
  // Each command ran once, the one that was cut off is told as interrupted.
  const { session } = await asked();
  const lines = (await readFile(join(session.workspace, "log.txt"), "utf8")).trim().split("\n").map(Number);
  const plain = Array.from({ length: STEPS - 1 }, (_, index) => index + 1).filter(
    (step) => CALLS[step] === undefined && step !== AT.output,
  );
  expect(lines).toEqual(plain);
  expect(await readFile(join(session.workspace, "notes.md"), "utf8")).toBe("one\nfour\n");
  expect([...happened].toSorted()).toEqual(["cut", "error", "limit", "overflow", "summary"]);
  const statuses = log.flatMap((event) => (event.type === "tool.ended" ? [event.data.status] : []));
  expect(statuses.filter((status) => status === "interrupted")).toHaveLength(1);
  expect(statuses.filter((status) => status === "denied")).toHaveLength(1);

  // Every tool that there is was called.
  const called = new Set(log.flatMap((event) => (event.type === "tool.called" ? [event.data.tool] : [])));
  const asks = new Set(log.flatMap((event) => (event.type === "question.asked" ? ["ask_user"] : [])));
  const { tools } = await server.client.agent.list.query();
  const names = tools.map(({ name }) => name);
  expect(names.filter((name) => !called.has(name) && !asks.has(name))).toEqual([]);
  expect(names).toHaveLength(15);
  expect(engine.searched).toEqual(["how to end"]);
  for (const [type, count] of EVENTS) {
    expect(
      log.filter((event) => event.type === type),
      type,
    ).toHaveLength(count);
  }

  // What was sent only grew, but for the one summary; the provider itself refuses calls without results.
  let shrank = 0;
  for (const [index, { messages }] of sent.entries()) {
    const before = sent[index - 1]?.messages ?? [];
    const grew = JSON.stringify(messages.slice(0, before.length)) === JSON.stringify(before);
    if (!grew) shrank += 1;
  }
  expect(shrank).toBe(1);
  expect(JSON.stringify(sent.at(-1)?.messages)).toContain("Mind the gap.");
}, 900_000);
