import { expect, it } from "vitest";
import { isCutOff } from "./cut-off-json.ts";

it("knows every prefix of a document for what it is", () => {
  const whole = JSON.stringify({ id: 'a"\\', messages: [{ content: "}]" }, null], n: 1.5 });
  for (let length = 1; length < whole.length; length += 1)
    expect(isCutOff(whole.slice(0, length))).toBe(true);
});

it.each(["<html></html>", "{} {}", "nonsense", '{"a":1,}', "}{"])("calls %s broken, not cut off", (text) => {
  expect(isCutOff(text)).toBe(false);
});
