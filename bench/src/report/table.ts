import { isMet, ratioOf, type Budget, type Row } from "./row.ts";

const HEADINGS = ["measure", "unit", "ours", "yardstick", "", "ratio", "budget", ""];

/** The rows as a Markdown table. */
export function formatTable(rows: readonly Row[]): string {
  const lines: string[] = [];
  for (const group of new Set(rows.map((row) => row.group))) {
    const cells = rows.filter((row) => row.group === group).map(toCells);
    const widths = HEADINGS.map((heading, column) =>
      Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
    );
    const line = (row: readonly string[]): string =>
      `| ${row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(" | ")} |`;
    lines.push("", group, "", line(HEADINGS), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
    for (const row of cells) lines.push(line(row));
  }
  return lines.join("\n");
}

function toCells(row: Row): string[] {
  const ratio = ratioOf(row);
  const met = isMet(row);
  return [
    row.measure,
    row.unit,
    formatNumber(row.ours),
    row.yardstick === undefined ? "" : formatNumber(row.yardstick.value),
    row.yardstick?.what ?? "",
    ratio === undefined ? "" : formatNumber(ratio),
    row.budget === undefined ? "" : formatBudget(row.budget),
    met === undefined ? "" : met ? "met" : "MISSED",
  ];
}

function formatBudget(budget: Budget): string {
  if ("atMost" in budget) return `≤ ${formatNumber(budget.atMost)}`;
  if ("atLeast" in budget) return `≥ ${formatNumber(budget.atLeast)}`;
  if ("ratioAtMost" in budget) return `ratio ≤ ${budget.ratioAtMost}`;
  return `ratio ≥ ${budget.ratioAtLeast}`;
}

/** Three significant digits, without exponents. */
function formatNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}

function pad(cell: string, width: number, column: number): string {
  const isNumber = column === 2 || column === 3 || column === 5;
  return isNumber ? cell.padStart(width) : cell.padEnd(width);
}
