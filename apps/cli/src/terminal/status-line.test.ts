import { expect, it } from "vitest";
import { formatStatus } from "./status-line.ts";

it.each([
  ["thinking", "", 0, "thinking"],
  ["thinking", "", 2_999, "thinking  2 s"],
  ["bash  make", "50%", 65_000, "bash  m…  1 min 05 s  50%"],
  ["bash  a command that is long", "", 5_000, "bash  a command that …  5 s"],
  ["bash  a command that is long", "and its last line", 5_000, "bash  a co…  5 s  and its …"],
])("%s, %s, after %d ms", (label, detail, elapsedMs, expected) => {
  expect(formatStatus({ label, detail }, elapsedMs, 27)).toBe(expected);
});
