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

function print(width: number): string {
  const { titles, rows } = formatTable(items, columns, width);
  return titles + rows.join("");
}

it("aligns by what a terminal shows, and fits the last column to the width", () => {
  const table = print(34);
  expect(table).toBe(`ID       N  TEXT
a        1  <short>
日本  1000  <a text that is far lo…>
`);
  for (const line of table.split("\n")) {
    expect(stringWidth(line.replaceAll(/[<>]/g, ""))).toBeLessThanOrEqual(34);
  }
});

it("leaves out what can be spared where there is no room", () => {
  expect(print(31)).toBe(`ID    TEXT
a     <short>
日本  <a text that is far longe…>
`);
});

it("cuts nothing where nothing has to fit", () => {
  expect(print(Number.POSITIVE_INFINITY)).toContain("the rest of the line>");
});

it("gives an item two lines where not even its first column leaves room, and never cuts that", () => {
  const ids = items.map(([, count, text]): [string, number, string] => ["0123456789", count, text]);
  expect(formatTable(ids, columns, 24)).toEqual({
    titles: "",
    rows: ["0123456789\n  <short>\n", "0123456789\n  <a text that is far l…\n"],
  });
});
