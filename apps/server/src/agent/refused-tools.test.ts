import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Tool } from "../tools/port.ts";
import { appendTool } from "./testing/append-tool.ts";
import { RawBench } from "./testing/raw-bench.ts";
import { type RawAnswer, type RawBody, type RawReply, sse } from "./testing/raw-provider.ts";

const ALWAYS = 40;
const loop = { type: "object", properties: { next: { $ref: "#/$defs/A" } } };

function stranger(name: string, jsonSchema: object): Tool {
  return {
    name,
    description: name,
    inputSchema: z.record(z.string(), z.json()),
    jsonSchema: jsonSchema as Record<string, unknown>,
    kind: "other",
    effects: [],
    execute: async (input) => ({ status: "succeeded", output: JSON.stringify(input) }),
  };
}

interface SentTool {
  function: { name: string; parameters: Record<string, unknown> };
}
const toolsOf = (body: RawBody): SentTool[] => (body["tools"] as SentTool[] | undefined) ?? [];
const namesOf = (body: RawBody): string[] => toolsOf(body).map(({ function: { name } }) => name);
const json = (value: object, status: number): RawReply => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});
const refusal = (message: string, more: object = {}) => json({ error: { message, ...more } }, 400);
const always = (answer: RawAnswer): RawAnswer[] => Array.from({ length: ALWAYS }, () => answer);

/** Takes what OpenAI takes, and says what it says. */
function strict(body: RawBody) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const [place, { function: tool }] of toolsOf(body).entries()) {
    const refuse = (why: string) =>
      refusal(`Invalid schema for function '${tool.name}': ${why}`, {
        param: `tools[${place}].function.parameters`,
        code: "invalid_function_parameters",
      });
    const { parameters } = tool;
    try {
      ajv.compile(parameters);
    } catch (error) {
      return refuse(String(error));
    }
    if (parameters["type"] !== "object") return refuse(`got 'type: "${String(parameters["type"])}"'`);
    if (parameters["properties"] === undefined) return refuse("object schema missing properties");
    if (["anyOf", "oneOf", "allOf", "enum", "not"].some((choice) => choice in parameters)) {
      return refuse("schema must not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level");
    }
    if (hasListWithoutItems(parameters)) return refuse("array schema missing items");
  }
  return sse.text("ok");
}

function hasListWithoutItems(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  if ("type" in schema && schema.type === "array" && !("items" in schema)) return true;
  return Object.values(schema).some(hasListWithoutItems);
}

describe("a tool whose schema is wrong is offered with what is right of it", () => {
  test.each<[string, object, object]>([
    ["an unknown type", { type: "object", properties: { a: { type: "objekt" } } }, { a: {} }],
    ["no properties", { type: "object" }, {}],
    ["a list of properties", { type: "object", properties: [] }, {}],
    [
      "a keyword among the properties",
      { type: "object", properties: { a: { type: "string" }, type: "object" } },
      { a: { type: "string" }, type: {} },
    ],
    [
      "a list without items",
      { type: "object", properties: { a: { type: "array" } } },
      { a: { type: "array", items: {} } },
    ],
    ["null for a schema", { type: "object", properties: { a: null } }, { a: {} }],
    [
      "required that is no list",
      { type: "object", properties: { a: { type: "number" } }, required: "a" },
      { a: { type: "number" } },
    ],
    ["no choice", { type: "object", properties: { a: { enum: [], anyOf: [] } } }, { a: {} }],
    [
      "a pattern of another language",
      { type: "object", properties: { a: { type: "string", pattern: "(?<x" } } },
      { a: { type: "string" } },
    ],
    [
      "references that lead nowhere, or away",
      { type: "object", properties: { a: { $ref: "#/nowhere" }, b: { $ref: "http://127.0.0.1:1/x" } } },
      { a: {}, b: {} },
    ],
    [
      "a choice at the top",
      {
        type: "object",
        anyOf: [{ properties: { a: { type: "string" } }, required: ["a"] }, { required: ["b"] }],
      },
      { a: { type: "string" } },
    ],
    [
      "a reference to itself",
      { type: "object", properties: { a: { $ref: "#/$defs/A" } }, $defs: { A: loop } },
      { a: { $ref: "#/$defs/A" } },
    ],
    [
      "a trap",
      { type: "object", properties: {}, additionalProperties: { $ref: "#" }, required: ["__proto__"] },
      {},
    ],
  ])("%s", async (_, schema, properties) => {
    await using raw = await RawBench.create(always(strict));
    const tools = [appendTool(raw.bench.toolBench.path("lines")), stranger("liar__it", schema)];
    expect(await raw.run("go", { tools })).toMatchObject({ result: "ok" });
    expect(raw.notices).toEqual([]);
    expect(raw.provider.requests).toHaveLength(1);
    const [, sent] = toolsOf(raw.provider.requests[0]!.body);
    expect(sent?.function.parameters).toMatchObject({ type: "object", properties });
    expect(Object.keys(sent?.function.parameters["properties"] as object)).toEqual(Object.keys(properties));
  });
});

describe("a tool that the provider refuses nevertheless does not stop the task", () => {
  const good = () => stranger("liar__good", { type: "object", properties: { a: { type: "string" } } });
  const odd = () => stranger("liar__odd", { type: "object", properties: { "a b": { type: "string" } } });
  const refusing =
    (said: (place: number) => RawReply): RawAnswer =>
    (body) => {
      const place = namesOf(body).indexOf("liar__odd");
      return place < 0 ? sse.text("ok") : said(place);
    };

  test.each<[string, (place: number) => RawReply]>([
    [
      "by name",
      () => refusal("Invalid schema for function 'liar__odd': property keys should match a pattern"),
    ],
    ["by place", (place) => refusal(`tools.${place}.custom.input_schema.properties: should match a pattern`)],
    [
      "by place in a field of its own",
      (place) => refusal("Invalid parameters", { param: `tools[${place}].function.parameters` }),
    ],
    [
      "as a grammar that can't be made",
      () => json({ error: { message: "failed to parse grammar of liar__odd", code: 500 } }, 500),
    ],
  ])("%s", async (_, said) => {
    await using raw = await RawBench.create(always(refusing(said)));
    const tools = [appendTool(raw.bench.toolBench.path("lines")), odd(), good()];
    expect(await raw.run("go", { tools })).toMatchObject({ result: "ok" });
    expect(namesOf(raw.provider.requests.at(-1)!.body)).toEqual(["append", "liar__good"]);
    expect(raw.notices).toEqual([expect.stringMatching(/left out \(liar__odd\).*refuses/)]);
    // The next task is told, too, and asks once.
    const before = raw.provider.requests.length;
    expect(await raw.run("again", { tools })).toMatchObject({ result: "ok" });
    expect(raw.provider.requests).toHaveLength(before + 1);
    expect(raw.notices).toHaveLength(2);
  });

  test("one that is taken in plain words is kept", async () => {
    const takesPlain: RawAnswer = (body) =>
      JSON.stringify(body["tools"]).includes("contentEncoding")
        ? refusal("Schema keyword contentEncoding of liar__it is not for us")
        : sse.text("ok");
    await using raw = await RawBench.create(always(takesPlain));
    const schema = { type: "object", properties: { a: { type: "string", contentEncoding: "base64" } } };
    expect(await raw.run("go", { tools: [stranger("liar__it", schema)] })).toMatchObject({ result: "ok" });
    expect(namesOf(raw.provider.requests.at(-1)!.body)).toEqual(["liar__it"]);
    expect(raw.notices).toEqual([]);
  });

  test("unnamed: all that strangers describe", async () => {
    const answer: RawAnswer = (body) =>
      namesOf(body).includes("liar__odd") ? refusal("Invalid tool schema") : sse.text("ok");
    await using raw = await RawBench.create(always(answer));
    const tools = [appendTool(raw.bench.toolBench.path("lines")), odd(), good()];
    expect(await raw.run("go", { tools })).toMatchObject({ result: "ok" });
    expect(namesOf(raw.provider.requests.at(-1)!.body)).toEqual(["append"]);
  });

  test("more than the provider takes", async () => {
    const answer: RawAnswer = (body) =>
      namesOf(body).length > 128
        ? refusal("Invalid 'tools': array too long. Expected an array with maximum length 128, but got 141.")
        : sse.text("ok");
    await using raw = await RawBench.create(always(answer));
    const many = Array.from({ length: 140 }, (_, at) => stranger(`liar__t${at}`, { type: "object" }));
    const tools = [appendTool(raw.bench.toolBench.path("lines")), ...many];
    expect(await raw.run("go", { tools })).toMatchObject({ result: "ok" });
    expect(namesOf(raw.provider.requests.at(-1)!.body)).toHaveLength(128);
    expect(raw.notices).toEqual([expect.stringMatching(/liar__t127, .* and 5 more\): .*onlyTools/)]);
  });

  test.each(["Invalid value for 'temperature'", "Invalid schema for function 'append': no"])(
    "%s: is told, and no tool is taken away",
    async (message) => {
      await using raw = await RawBench.create(always(() => refusal(message)));
      const tools = [appendTool(raw.bench.toolBench.path("lines")), good()];
      expect(await raw.run("go", { tools })).toMatchObject({
        type: "failed",
        error: { code: "provider_bad_request" },
      });
      expect(raw.provider.requests.every(({ body }) => namesOf(body).length === 2)).toBe(true);
    },
  );
});
