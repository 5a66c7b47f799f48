import { hostname } from "node:os";
import { createClient, followTask } from "@trunkline/client";
import { addUser, FakeProvider, say, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readLog } from "./read-log.ts";
import { SpanCollector } from "./testing/span-collector.ts";
import { type ParsedMetric, parseMetrics } from "./testing/parse-metrics.ts";

const METRICS_TOKEN = "only-for-the-scraper";
const SECRET_PROMPT = "the-prompt-that-nobody-may-see";

let provider: FakeProvider;
let collector: SpanCollector;
let taskId: string;
let server: ServerFixture;
let metrics: Map<string, ParsedMetric>;
beforeAll(async () => {
  provider = await FakeProvider.start();
  collector = await SpanCollector.start();
  server = await ServerFixture.start({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=collector%20secret",
      ...provider.serverEnv,
      TRUNKLINE_METRICS_TOKEN: METRICS_TOKEN,
    },
  });
  provider.enqueue(
    say.reply(
      say.toolCall("list_files", { path: "." }),
      say.usage({ promptTokens: 1_000, completionTokens: 10 }),
    ),
    say.reply(say.httpError(503)),
    say.reply(say.text("done"), say.usage({ promptTokens: 2_000, completionTokens: 20 })),
  );
  const submitted = await server.client.task.submit.mutate({ prompt: SECRET_PROMPT });
  ({ taskId } = submitted);
  for await (const _event of followTask(server.client, submitted));
  metrics = new Map(
    parseMetrics(await (await scrape(METRICS_TOKEN)).text()).map((metric) => [metric.name, metric]),
  );
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
});

const scrape = async (token?: string) =>
  fetch(
    `${server.url}/metrics`,
    token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
  );

const value = (name: string, labels: Record<string, string> = {}) => {
  const found = metrics
    .get(name)
    ?.metrics.find((one) => Object.entries(labels).every(([label, text]) => one.labels?.[label] === text));
  return found === undefined ? undefined : Number(found.value ?? found.count);
};

describe("GET /metrics", () => {
  it("counts what a task did", () => {
    expect(value("trunkline_attempts_total", { kind: "first" })).toBe(1);
    expect(value("trunkline_tasks_ended_total", { state: "completed" })).toBe(1);
    expect(value("trunkline_queue_wait_seconds")).toBe(1);
    expect(value("trunkline_tool_calls_total", { status: "succeeded" })).toBe(1);
    const calls = { provider: "openai-compatible" };
    expect(value("trunkline_provider_calls_total", { ...calls, outcome: "ok" })).toBe(2);
    expect(value("trunkline_provider_calls_total", { ...calls, outcome: "provider_unavailable" })).toBe(1);
    expect(value("trunkline_tokens_total", { ...calls, kind: "input" })).toBe(3_000);
    expect(value("trunkline_tokens_total", { ...calls, kind: "output" })).toBe(30);
    expect(value("trunkline_unpriced_calls_total", calls)).toBe(2);
    expect(value("trunkline_events_appended_total", { type: "task.submitted" })).toBe(1);
    expect(value("trunkline_commit_batch_size")).toBeGreaterThan(5);
    expect(value("trunkline_commit_duration_seconds")).toBe(value("trunkline_commit_batch_size"));
  });

  it("says how the server is", () => {
    for (const state of ["submitted", "working", "input-required"]) {
      expect(value("trunkline_tasks", { state })).toBe(0);
    }
    expect(value("trunkline_lease_held")).toBe(1);
    expect(value("trunkline_dead_workers_total", { worker: "compute" })).toBe(0);
    expect(value("trunkline_disk_free_bytes")).toBeGreaterThan(0);
    expect(value("process_resident_memory_bytes")).toBeGreaterThan(10e6);
    expect(value("trunkline_event_loop_delay_seconds", { quantile: "0.99" })).toBeGreaterThanOrEqual(0);
  });

  it("has no label whose values a user decides", () => {
    const labels = new Set(
      [...metrics.values()].flatMap((one) => one.metrics.flatMap((point) => Object.keys(point.labels ?? {}))),
    );
    expect([...labels].toSorted()).toEqual([
      "consumer",
      "kind",
      "node",
      "outcome",
      "provider",
      "quantile",
      "reason",
      "state",
      "status",
      "type",
      "version",
      "worker",
    ]);
  });

  it("is for admins and the scraper's own token, which opens nothing else", async () => {
    expect((await scrape()).status).toBe(401);
    expect((await scrape("guessed")).status).toBe(401);
    const alice = await addUser(server, "alice", "write");
    expect((await scrape(alice.token)).status).toBe(403);
    expect((await scrape(server.token)).status).toBe(200);
    const scraper = createClient({ url: server.url, token: METRICS_TOKEN });
    await expect(scraper.session.list.query({})).rejects.toMatchObject({ reason: "unauthorized" });
  });
});

describe("the log", () => {
  it("is in a file of the data directory, with node, session and task", async () => {
    const lines = await Array.fromAsync(
      readLog(server.dataDir, { last: 50, filter: { taskId: taskId.slice(0, 13) } }),
    );
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { node: hostname(), taskId, sessionId: expect.any(String) as string, msg: "task started" },
      { node: hostname(), taskId, ending: "completed", msg: "task ended" },
    ]);
    expect(
      await Array.fromAsync(readLog(server.dataDir, { last: 50, filter: { taskId, minLevel: 40 } })),
    ).toEqual([]);
  });
});

// Last, because a stop sends what is left.
describe("the trace of a task", () => {
  it("is a tree of its queue, attempt, model calls and tool calls, without a word of them", async () => {
    await server.stop();
    const traceId = taskId.replaceAll("-", "");
    expect(collector.tree(traceId)).toBe(
      [
        "invoke_agent",
        "  queue",
        "  attempt",
        "    chat fake",
        "    execute_tool list_files",
        "    chat fake (no_answer)",
        "    chat fake",
      ].join("\n"),
    );
    const [chat] = collector.spans.filter(({ name }) => name === "chat fake");
    expect(chat?.attributes).toMatchObject({
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai-compatible",
      "gen_ai.request.model": "fake",
      "gen_ai.usage.input_tokens": 1_000,
      "gen_ai.usage.output_tokens": 10,
      "gen_ai.response.finish_reasons": ["tool-calls"],
    });
    expect(collector.bodies).not.toContain(SECRET_PROMPT);
    expect(collector.keys).toEqual(new Set(["collector secret"]));
    expect(server.logs).not.toContain("collector secret");
  });
});
