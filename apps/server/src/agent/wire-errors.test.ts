import { describe, expect, test } from "vitest";
import { wordsInBody, wordsInValue } from "./provider-words.ts";
import { RawBench } from "./testing/raw-bench.ts";
import { type RawAnswer, type RawReply, sse } from "./testing/raw-provider.ts";

const JSON_TYPE = { "content-type": "application/json" };
const always = (answer: RawAnswer): RawAnswer[] => Array.from({ length: 6 }, () => answer);

describe("K8 A11: an error answer is told in its own words", () => {
  test.each<[string, RawReply, string]>([
    ["detail", { body: '{"detail":"Model is not loaded"}' }, "Model is not loaded"],
    ["message", { body: '{"message":"no such route"}' }, "no such route"],
    ["plain", { headers: { "content-type": "text/plain" }, body: "upstream says no" }, "upstream says no"],
    ["text", { body: '{"error":"model is not pulled"}' }, "model is not pulled"],
    ["toplevel", { body: '{"object":"error","message":"needs a parser","code":400}' }, "needs a parser"],
    [
      "a list",
      { body: '[{"error":{"code":400,"message":"bad field","status":"INVALID_ARGUMENT"}}]' },
      "bad field",
    ],
    [
      "FastAPI",
      { body: '{"detail":[{"loc":["body","seed"],"msg":"not a number"}]}' },
      "body.seed: not a number",
    ],
    [
      "OpenRouter",
      {
        body: '{"error":{"message":"Provider returned error","metadata":{"raw":"{\\"error\\":{\\"message\\":\\"no capacity here\\"}}"}}}',
      },
      "no capacity here",
    ],
    [
      "JSON in a message",
      { body: '{"error":{"message":"{\\"message\\":\\"inner words\\"}"}}' },
      "inner words",
    ],
    ["problem+json", { body: '{"title":"Bad","detail":"the detail"}' }, "the detail"],
    [
      "HTML",
      { headers: { "content-type": "text/html" }, body: "<html><head><title>Proxy says no</title></head>" },
      "Proxy says no",
    ],
    [
      "lines",
      { body: JSON.stringify({ error: { message: "first\nsecond\u001b[31m\u0007" } }) },
      "first second [31m",
    ],
  ])("%s", async (_name, reply, words) => {
    await using raw = await RawBench.create(always({ status: 400, headers: JSON_TYPE, ...reply }));
    expect(await raw.run("go")).toMatchObject({
      type: "failed",
      error: { code: "provider_bad_request", message: `Provider error 400: ${words}` },
    });
    expect(raw.provider.requests).toHaveLength(1);
  });

  test("no dump of a schema, whatever comes", () => {
    for (const value of [null, 1, [], [[]], { error: { issues: [{}] } }, { a: { b: {} } }]) {
      expect(wordsInValue(value).message).not.toMatch(/invalid_|expected/);
    }
    expect(wordsInBody("{").message).toBe("{");
  });
});

describe("K8 A14: an address that is none", () => {
  test("A14a: a web page is told at once, with the address and its first words", async () => {
    await using raw = await RawBench.create(
      always({ headers: { "content-type": "text/html" }, body: "<!doctype html><title>Login</title>" }),
    );
    const outcome = await raw.run("go");
    expect(outcome).toMatchObject({ error: { code: "provider_wrong_address", retryable: false } });
    expect(JSON.stringify(outcome)).toContain(
      `${raw.provider.url} answers with a web page (\\"Login\\"). Check OPENAI_BASE_URL`,
    );
    expect(raw.provider.requests).toHaveLength(1);
  });

  test("A14b: an error with status 200 is told at once", async () => {
    await using raw = await RawBench.create(
      always({ headers: JSON_TYPE, body: '{"error":"Unexpected endpoint"}' }),
    );
    expect(await raw.run("go")).toMatchObject({
      error: { message: expect.stringContaining("Unexpected endpoint") as string, retryable: false },
    });
    expect(raw.provider.requests).toHaveLength(1);
  });

  test.each(["hello", '{"status":"ok"}', '{"models":[]}', "[]"])("%s is no answer", async (body) => {
    await using raw = await RawBench.create(always({ headers: JSON_TYPE, body }));
    expect(await raw.run("go")).toMatchObject({ error: { code: "provider_wrong_address" } });
    expect(raw.provider.requests).toHaveLength(1);
  });

  test("H15: a redirect is not followed", async () => {
    await using other = await RawBench.create([]);
    const location = `${other.provider.url}/chat/completions?token=canary`;
    for (const status of [301, 302, 303, 307, 308]) {
      await using raw = await RawBench.create(always({ status, headers: { location } }));
      const outcome = await raw.run("go");
      expect(outcome).toMatchObject({ error: { code: "provider_redirect", retryable: false } });
      expect(JSON.stringify(outcome)).not.toContain("canary");
    }
    expect(other.provider.requests).toEqual([]);
  });

  test("404 says which model, which address, and what it lacks", async () => {
    await using raw = await RawBench.create([
      { status: 404, headers: JSON_TYPE, body: '{"error":{"message":"no such model"}}' },
    ]);
    expect(await raw.run("go")).toMatchObject({
      error: {
        code: "model_not_found",
        message: expect.stringMatching(
          /openai-compatible:m.*no such model.*127\.0\.0\.1.*OPENAI_BASE_URL/,
        ) as string,
      },
    });
  });
});

describe("K6: a prompt that is too long has a code of its own", () => {
  test("A10: over the wire", async () => {
    for (const status of [400, 413]) {
      const body = JSON.stringify({
        error: { message: "9001 tokens, 8192 at most", code: "context_length_exceeded" },
      });
      await using raw = await RawBench.create([{ status, headers: JSON_TYPE, body }]);
      expect(await raw.run("go")).toMatchObject({ error: { code: "context_overflow", retryable: false } });
    }
  });
});

describe("X1: credentials in the address", () => {
  test("are used, and told nowhere", async () => {
    await using raw = await RawBench.create([
      {
        status: 400,
        headers: JSON_TYPE,
        body: '{"error":{"message":"Basic Z2F0ZXdheTpDYW5hcnktUGFzcy05OTg4Nzc= is Canary-Pass-998877"}}',
      },
      sse.text("ok"),
    ]);
    const openaiBaseUrl = raw.provider.url.replace("http://", "http://gateway:Canary-Pass-998877@");
    await using bench = await RawBench.create([], {
      openaiBaseUrl: `${openaiBaseUrl}?key=Canary-Key-112233`,
    });
    expect(await bench.run("go")).toMatchObject({ type: "failed" });
    expect(await bench.run("go")).toMatchObject({ type: "completed", result: "ok" });
    expect(raw.provider.requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from("gateway:Canary-Pass-998877").toString("base64")}`,
    );
    expect(raw.provider.requests[0]?.url).toBe("/v1/chat/completions?key=Canary-Key-112233");
    await raw.provider[Symbol.asyncDispose]().catch(() => undefined);
    expect(await bench.run("go")).toMatchObject({ type: "failed", error: { code: "provider_unreachable" } });
    expect(JSON.stringify(bench.log.events)).not.toMatch(/Canary-(?:Pass|Key)|Z2F0ZXdh/);
  });
});
