import { describe, expect, it } from "vitest";
import { createEventRedactor } from "./redact-event.ts";
import { createRedactor } from "./redactor.ts";

const KEY = "sk-canary-0123456789";
const redactEvent = createEventRedactor(createRedactor([KEY]));
const failed = (message: string) =>
  redactEvent({ type: "task.failed", data: { reason: "error", error: { code: "x", message } } }).data.error
    .message;

describe("B2: what enters the log", () => {
  it.each([
    [
      "a password in an address",
      "connect http://user:pw@127.0.0.1:1/v1 failed",
      "connect http://[redacted]@127.0.0.1:1/v1 failed",
    ],
    ["a token in an address", "https://ghp_0123@example.com/x", "https://[redacted]@example.com/x"],
    ["a password with an @", "http://u:p@ss@host/", "http://[redacted]@host/"],
    ["a header", "sent Authorization: Bearer abcd1234 to it", "sent Authorization: [redacted] to it"],
    ["a header as JSON", '{"authorization":"Basic dXNlcjpwdw=="}', '{"authorization":"[redacted]"}'],
    ["a key's header", "x-api-key: k1234567", "x-api-key: [redacted]"],
    ["a bearer token", "got bearer abcdefghijklmnopqrst", "got bearer [redacted]"],
    ["a key in a query", "GET https://h/v1?key=AIza0123&alt=sse", "GET https://h/v1?key=[redacted]&alt=sse"],
    ["the server's own key", `401 for ${KEY}`, "401 for [redacted]"],
  ])("%s is not in a failure", (_name, message, expected) => {
    expect(failed(message)).toBe(expected);
  });

  it.each([
    "write to a@b.example or see https://example.com/a@b?x=1#y@z",
    "Bearer authentication is not set up",
    "the key is missing; set OPENAI_API_KEY",
    "at 12:30 user@host said http://example.com/",
  ])("%s stays as it is", (message) => {
    expect(failed(message)).toBe(message);
  });

  it("K9: half a surrogate pair is in no text of any event; whole ones stay", () => {
    const prompt = "a \ud83d b \ude00 c \ud83d\ude00";
    const event = { type: "task.submitted", data: { prompt, model: null } } as const;
    expect(redactEvent(event).data.prompt).toBe("a \ufffd b \ufffd c \ud83d\ude00");
  });

  it("the server's own key is in no text of any event, however deep, names included", () => {
    const event = {
      type: "tool.called",
      data: { tool: "bash", input: { list: [{ [`a ${KEY}`]: `b ${KEY}` }], n: 1 } },
    };
    expect(JSON.stringify(redactEvent(event))).not.toContain(KEY);
    expect(event.data.input.list).toHaveLength(1);
    expect(JSON.stringify(event)).toContain(KEY);
  });

  it("names that git must find stay names: of a prompt's words only the secret goes, others are as they are in git", () => {
    const redact = createEventRedactor(createRedactor(["postgres16", "trunkline"]));
    const branch = "trunkline/fix-postgres16-a1b2c3";
    const created = { title: "Fix postgres16", branch, baseRef: "postgres16" };
    expect(redact({ type: "session.created", data: created }).data).toEqual({
      title: "Fix [redacted]",
      branch: "trunkline/fix-redacted-a1b2c3",
      baseRef: "postgres16",
    });
    const published = { type: "session.published", data: { kind: "branch", branch } };
    expect(redact(published).data.branch).toBe(branch);
  });

  it("what users and models wrote keeps its addresses: only the server's own secrets are taken out", () => {
    const event = { type: "task.submitted", data: { prompt: "git clone https://me:pw@example.com/r.git" } };
    expect(redactEvent(event)).toBe(event);
  });

  it("an event without secrets is the very same one", () => {
    const event = { type: "text.delta", data: { blockId: "b", text: "hello, this is a piece" } };
    expect(redactEvent(event)).toBe(event);
  });

  it("takes linear time, whatever the text", () => {
    for (const text of [
      "a".repeat(400_000),
      "//".repeat(200_000),
      "http://".repeat(60_000),
      "bearer ".repeat(60_000),
      `http://${"a:".repeat(200_000)}`,
      "authorization:".repeat(30_000),
    ]) {
      const started = performance.now();
      failed(text);
      // Some milliseconds; quadratic time would be minutes.
      expect(performance.now() - started).toBeLessThan(20_000);
    }
  });
});
