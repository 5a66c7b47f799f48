import { describe, expect, it } from "vitest";
import { isTooDeep, MAX_JSON_DEPTH, parseForeignJson } from "./foreign-json.ts";

const LONG = "x".repeat(20_000);
const nested = (open: string, close: string, depth: number, inner = `"${LONG}"`): string =>
  open.repeat(depth) + inner + close.repeat(depth);

describe("foreign JSON", () => {
  it.each([
    ["lists", "[", "]"],
    ["objects", '{"a":', "}"],
    ["spaced", " [ 0 , ", "\n]"],
  ])("is parsed to its bound and no deeper: %s", (_name, open, close) => {
    const parsed = parseForeignJson(nested(open, close, MAX_JSON_DEPTH));
    expect(JSON.stringify(parsed)).toContain(LONG);
    expect(() => parseForeignJson(nested(open, close, MAX_JSON_DEPTH + 1))).toThrow(/nested more than 128/);
  });

  it("is as deep as it is, whatever its texts say", () => {
    const brackets = "[".repeat(1_000);
    for (const text of [brackets, `\\"${brackets}`, `\\\\`, `${brackets}\\\\`, `{"a":${brackets}`]) {
      const json = `[${JSON.stringify(text)},${JSON.stringify(LONG)},${JSON.stringify(text)}]`;
      expect(parseForeignJson(json)).toEqual([text, LONG, text]);
    }
    const wide = JSON.stringify(Array.from({ length: 10_000 }, () => [[], {}]));
    expect(isTooDeep(wide)).toBe(false);
    expect(isTooDeep(`["${LONG}\\\\",${brackets}`)).toBe(true);
    expect(isTooDeep(`["${LONG}`)).toBe(false);
  });
});
