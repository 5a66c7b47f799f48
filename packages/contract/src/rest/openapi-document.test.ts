import { Validator } from "@seriousme/openapi-schema-validator";
import { beforeAll, describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../event.ts";
import { eventSchemaName } from "./event-schema-name.ts";
import { openApiDocument } from "./openapi-document.ts";
import type { OpenApiOperation } from "./openapi-operation.ts";

const document = openApiDocument({ version: "1.2.3" });
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
);
const operationOf = (method: string, path: string): OpenApiOperation => document.paths[path]![method]!;

it("is OpenAPI 3.1 to a validator that is not ours", async () => {
  const validator = new Validator();
  expect(await validator.validate(JSON.parse(JSON.stringify(document)) as Record<string, unknown>)).toEqual({
    valid: true,
  });
  expect(validator.version).toBe("3.1");
});

it("refers to nothing that it does not hold, and holds nothing that nobody refers to", () => {
  const refs = JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g);
  expect(new Set(Array.from(refs, ([, name]) => name))).toEqual(
    new Set(Object.keys(document.components.schemas)),
  );
});

describe.each(operations)("$name", ({ operation }) => {
  it("says what it does, what it takes, and how it refuses", () => {
    expect(operation.summary).toMatch(/^[A-Z].+[^.]$/);
    for (const parameter of operation.parameters ?? []) {
      expect(parameter.description ?? "", parameter.name).not.toBe("");
    }
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (Number(status) < 400) continue;
      expect(content).toEqual({ "application/json": { schema: { $ref: "#/components/schemas/ErrorBody" } } });
    }
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["400", "401", "403"]));
  });
});

it("names every operation once", () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

describe("schemas", () => {
  let schemas: typeof document.components.schemas;
  beforeAll(() => ({ schemas } = document.components));

  it.each(Object.keys(document.components.schemas))("%s is described", (name) => {
    expect(schemas[name]?.description ?? "").not.toBe("");
  });

  it("tell events apart by their type", () => {
    const { discriminator, oneOf } = schemas["SessionEvent"]!;
    const mapping = Object.fromEntries(
      EVENT_TYPES.map((type) => [type, `#/components/schemas/${eventSchemaName(type)}`]),
    );
    expect(discriminator).toEqual({ propertyName: "type", mapping });
    expect(oneOf).toEqual(Object.values(mapping).map(($ref) => ({ $ref })));
    expect(schemas["TaskStartedEvent"]).toMatchObject({
      description: "The task started.",
      properties: { type: { const: "task.started" }, data: { properties: { attempt: { type: "integer" } } } },
    });
  });

  it("have the comments of the sources, nullable fields and all", () => {
    expect(schemas["Task"]?.properties).toMatchObject({
      pos: { type: "integer", description: "Position in the session's queue." },
      node: { type: ["string", "null"], description: "Node that is running it." },
      state: { $ref: "#/components/schemas/TaskState" },
    });
  });

  it("are strict where something is taken, and open where it is answered", () => {
    const { requestBody } = operationOf("post", "/tasks");
    expect(requestBody).toMatchObject({
      required: true,
      content: { "application/json": { schema: { required: ["prompt"], additionalProperties: false } } },
    });
    // Used in both directions: described as an output.
    expect(schemas["Budget"]).not.toHaveProperty("additionalProperties");
    expect(schemas["Task"]).not.toHaveProperty("additionalProperties");
  });
});

describe("inputs", () => {
  it("are in the path, and the rest in the body", () => {
    const { parameters, requestBody } = operationOf("post", "/tasks/{taskId}/move");
    expect(parameters).toMatchObject([{ name: "taskId", in: "path", required: true }]);
    expect(requestBody?.content["application/json"]?.schema).toMatchObject({
      properties: { beforeTaskId: { type: ["string", "null"] } },
      required: ["beforeTaskId"],
    });
    expect(operationOf("post", "/tasks/{taskId}/cancel").requestBody).toBeUndefined();
  });

  it("are in the query where there is no body", () => {
    expect(operationOf("get", "/tasks").parameters).toMatchObject([
      { name: "sessionId", in: "query" },
      { name: "states", in: "query", schema: { type: "array" } },
      { name: "cursor", in: "query" },
      { name: "limit", in: "query", schema: { default: 50, maximum: 200 } },
    ]);
  });

  it("of a page and of a stream meet where both share a path", () => {
    const { parameters, responses } = operationOf("get", "/sessions/{sessionId}/events");
    expect(parameters?.map(({ name, in: place }) => `${place} ${name}`)).toEqual([
      "path sessionId",
      "query after",
      "query before",
      "query limit",
      "query lastEventId",
      "header Last-Event-ID",
    ]);
    expect(Object.keys(responses["200"]!.content)).toEqual(["application/json", "text/event-stream"]);
  });
});
