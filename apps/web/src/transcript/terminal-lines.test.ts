import { expect, it } from "vitest";
import { tailOf, terminalLines, writtenLines } from "./terminal-lines.ts";

it("keeps colours and blank lines", () => {
  expect(terminalLines("\u001B[31mred\u001B[0m\n\nend").lines).toEqual(["\u001B[31mred\u001B[0m", "", "end"]);
});

it("D6: shows all of a line that is as long as a file", () => {
  const { lines } = terminalLines("x".repeat(10_500));
  expect(lines.join("")).toBe("x".repeat(10_500));
  expect(lines.length).toBeGreaterThan(3);
});

it("D6: 20,000 carriage returns leave one line, and all of them can be had", () => {
  const text = Array.from({ length: 20_000 }, (_, step) => `step ${step}`).join("\r");
  expect(terminalLines(text)).toEqual({ lines: ["step 19999"], isLossy: true });
  expect(writtenLines(text)).toHaveLength(20_000);
});

it("takes whole lines from the end of much output", () => {
  const text = Array.from({ length: 20_000 }, (_, line) => `line ${line}`).join("\n");
  const tail = tailOf(text);
  expect(tail.length).toBeLessThanOrEqual(64_000);
  expect(tail).toMatch(/^line \d+\n/);
  expect(text.endsWith(tail)).toBe(true);
  expect(tailOf("short")).toBe("short");
  expect(tailOf("x".repeat(100_000))).toHaveLength(64_000);
});
