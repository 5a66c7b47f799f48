import { describe, expect, test } from "vitest";
import { isContextOverflow } from "./context-overflow.ts";
import { wordsInValue } from "./provider-words.ts";
import { ANOTHER_MATTER, TOO_LONG } from "./testing/overflow-wordings.ts";

/** The shapes that a message comes in. */
const shapes = (message: string): object[] => [
  { error: { message } },
  { error: message },
  { message },
  { detail: message },
  { type: "error", error: { type: "invalid_request_error", message } },
];

describe("K6: whether the prompt is too long", () => {
  test.each(TOO_LONG)("is: %s %s", (status, message) => {
    for (const body of shapes(message)) expect(isContextOverflow(status, wordsInValue(body))).toBe(true);
  });

  test.each(ANOTHER_MATTER)("is not: %s %s", (status, message) => {
    for (const body of shapes(message)) expect(isContextOverflow(status, wordsInValue(body))).toBe(false);
  });

  test.each([
    [400, { error: { message: "no", code: "context_length_exceeded" } }],
    [400, { error: { message: "no", type: "exceed_context_size_error" } }],
    [400, { error: { message: "no", code: "model_max_prompt_tokens_exceeded" } }],
    [undefined, { error: { message: "no", code: "context_window_exceeded" } }],
    [413, {}],
    [413, { error: { message: "Payload Too Large" } }],
  ])("is by its code or status: %s %o", (status, body) => {
    expect(isContextOverflow(status, wordsInValue(body))).toBe(true);
  });

  test("is not by a code about one of the request's names", () => {
    const error = {
      message: "Invalid 'tools[0].function.name': string too long",
      code: "string_above_max_length",
    };
    expect(isContextOverflow(400, wordsInValue({ error }))).toBe(false);
  });
});
