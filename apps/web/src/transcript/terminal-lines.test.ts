import { expect, it } from "vitest";
import { tailOf, terminalLines } from "./terminal-lines.ts";

it("shows a progress bar as it stood last", () => {
  expect(terminalLines("Fetching\n 10%\r 50%\r100%\ndone\n")).toEqual(["Fetching", "100%", "done"]);
});

it("takes Windows' line ends for what they are", () => {
  expect(terminalLines("a\r\nb\r\n")).toEqual(["a", "b"]);
});

it("keeps colours and blank lines", () => {
  expect(terminalLines("\u001B[31mred\u001B[0m\n\nend")).toEqual(["\u001B[31mred\u001B[0m", "", "end"]);
});

it("shows what was written before the cursor went back for good", () => {
  expect(terminalLines("50%\r")).toEqual(["50%"]);
});

it("cuts lines that nobody reads to their end", () => {
  expect(terminalLines("x".repeat(10_000))[0]).toMatch(/^x{4000} … \(10000 characters\)$/);
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
