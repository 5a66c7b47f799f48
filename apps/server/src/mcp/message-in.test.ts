import { expect, it } from "vitest";
import { messageIn } from "./message-in.ts";

const answer = (fields: object) => messageIn(JSON.stringify({ jsonrpc: "2.0", id: 7, ...fields }));

it("takes messages as they are", () => {
  expect(answer({ result: { a: 1 } })).toEqual({ jsonrpc: "2.0", id: 7, result: { a: 1 } });
  expect(answer({ error: { code: -32_602, message: "no" } })).toMatchObject({
    error: { code: -32_602, message: "no" },
  });
  expect(answer({ method: "ping" })).toMatchObject({ method: "ping" });
});

it.each<[string, object, object]>([
  ["null where there is nothing", { result: { content: [], _meta: null } }, { result: { content: [] } }],
  ["no version", { jsonrpc: undefined, result: {} }, { jsonrpc: "2.0", result: {} }],
  [
    "a text for a result",
    { result: "done" },
    { error: { message: "It answered with something that is no result" } },
  ],
  [
    "a list for a result",
    { result: [1] },
    { error: { message: "It answered with something that is no result" } },
  ],
  ["nothing", { result: null }, { error: { message: "It answered with something that is no result" } }],
  ["a text for an error", { error: "boom" }, { error: { code: -32_603, message: "boom" } }],
  ["an error without a code", { error: { message: "boom" } }, { error: { code: -32_603, message: "boom" } }],
])("%s: its caller gets an answer at once", (_, fields, message) => {
  expect(answer(fields)).toMatchObject({ id: 7, ...message });
});

it.each(["[]", "5", '"x"', "null", '{"result":{}}', '{"id":7,"method":5}', "{"])(
  "%s is no message",
  (line) => {
    expect(() => messageIn(line)).toThrow();
  },
);
