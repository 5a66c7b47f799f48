import { expect, test, vi } from "vitest";
import { isObject, parseJson } from "../../json-object.ts";
import { GrowingObject } from "./growing-object.ts";

test.each([
  "{}",
  ' \n{ "a": [1, {"b": "}"}], "c": "\\"}\\\\" }  ',
  "[]",
  "null",
  '"{}"',
  "{} {}",
  "{}x",
  '{"a": }',
  '{"a": [}',
  "}{",
  "x{}",
  "",
])("is whole after as many letters as a parser says: %s", (text) => {
  const growing = new GrowingObject();
  for (const letter of text) {
    growing.add(letter);
    expect([growing.text, growing.isWhole]).toEqual([growing.text, isObject(parseJson(growing.text))]);
  }
  expect(growing.text).toBe(text);
});

test("is parsed once, however many pieces come after much", () => {
  const parse = vi.spyOn(JSON, "parse");
  const growing = new GrowingObject();
  growing.add(`{"a":"${"x".repeat(100_000)}`);
  for (let piece = 0; piece < 1_000; piece++) {
    growing.add("y");
    expect(growing.isWhole).toBe(false);
  }
  expect(parse).not.toHaveBeenCalled();
  growing.add('"}');
  for (let piece = 0; piece < 1_000; piece++) {
    growing.add(" ");
    expect(growing.isWhole).toBe(true);
  }
  expect(parse).toHaveBeenCalledTimes(1);
  parse.mockRestore();
});
