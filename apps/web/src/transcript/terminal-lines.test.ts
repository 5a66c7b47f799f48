import { expect, it } from "vitest";
import { terminalLines } from "./terminal-lines.ts";

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
