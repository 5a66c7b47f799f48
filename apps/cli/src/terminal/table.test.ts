import stringWidth from "string-width";
import { expect, it } from "vitest";
import { formatTable, type Column } from "./table.ts";

const columns: Column<[string, number, string]>[] = [
  { title: "ID", cell: ([id]) => id },
  { title: "N", cell: ([, count]) => String(count), align: "right", spare: true },
  { title: "TEXT", cell: ([, , text]) => text, paint: (text) => `<${text}>` },
];
const items: [string, number, string][] = [
  ["a", 1, "short"],
  ["日本", 1_000, "a text that is far longer than the rest of the line"],
];

it("aligns by what a terminal shows, and fits the last column to the width", () => {
  const table = formatTable(items, columns, 34);
  expect(table).toBe(`ID       N  TEXT
a        1  <short>
日本  1000  <a text that is far lo…>
`);
  for (const line of table.split("\n")) {
    expect(stringWidth(line.replaceAll(/[<>]/g, ""))).toBeLessThanOrEqual(34);
  }
});

it("leaves out what can be spared where there is no room", () => {
  expect(formatTable(items, columns, 31)).toBe(`ID    TEXT
a     <short>
日本  <a text that is far longe…>
`);
});

it("cuts nothing where nothing has to fit", () => {
  expect(formatTable(items, columns, Number.POSITIVE_INFINITY)).toContain("the rest of the line>");
});
