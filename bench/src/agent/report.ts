import type { TaskFigures } from "./run-task.ts";

const COLUMNS = ["task", "steps", "calls", "errors", "tokens sent", "cached", "fixed", ""] as const;

/** A Markdown table with a line for each task and one for all of them. */
export function formatFigures(group: string, figures: readonly TaskFigures[]): string {
  const rows = [...figures.map(cellsOf), cellsOf(totalOf(figures))];
  const widths = COLUMNS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 || column === 7 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  return [
    `${figures.length} ${group} tasks`,
    "",
    line(COLUMNS),
    `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`,
    ...rows.map(line),
  ].join("\n");
}

function cellsOf(figures: TaskFigures): string[] {
  const { name, steps, calls, toolErrors, sentTokens, cachedTokens, fixedTokens, problem } = figures;
  return [
    name,
    String(steps),
    String(calls),
    String(toolErrors),
    sentTokens.toLocaleString("en"),
    `${Math.round((cachedTokens / Math.max(1, sentTokens)) * 100)} %`,
    fixedTokens.toLocaleString("en"),
    problem === null ? "ok" : "FAILED",
  ];
}

function totalOf(figures: readonly TaskFigures[]): TaskFigures {
  const total = (of: (task: TaskFigures) => number): number =>
    figures.reduce((all, task) => all + of(task), 0);
  return {
    name: "all",
    steps: total(({ steps }) => steps),
    calls: total(({ calls }) => calls),
    toolErrors: total(({ toolErrors }) => toolErrors),
    sentTokens: total(({ sentTokens }) => sentTokens),
    cachedTokens: total(({ cachedTokens }) => cachedTokens),
    fixedTokens: Math.max(...figures.map(({ fixedTokens }) => fixedTokens)),
    problem: figures.every(({ problem }) => problem === null) ? null : "some failed",
  };
}
