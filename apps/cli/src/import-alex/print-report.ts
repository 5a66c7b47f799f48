import { basename } from "node:path";
import stringWidth from "string-width";
import type { Output } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { REMARK_CODES, REMARKS } from "./remarks.ts";
import type { CostReport, ImportReport } from "./report.ts";
import { isLoss, SKIP_REASONS, type SkipReason } from "./skip.ts";

/** Prints what an import did: skipped files one by one, the rest as numbers. */
export async function printReport(report: ImportReport, out: Output): Promise<void> {
  await out.write(summary(report));
  await out.write(section("Left behind:", lostFiles(report), out));
  await out.write(section("Skipped:", skippedFiles(report), out));
  await out.write(section("Worth knowing:", remarkRows(report), out));
  if (report.costs !== null) await out.write(costLines(report.costs));
}

function summary(report: ImportReport): string {
  const { dryRun, imported, alreadyThere, wouldImport, skipped, stopped, generations } = report;
  const did = dryRun
    ? `${count(wouldImport, "session")} would be imported`
    : `${count(imported, "session")} imported, ${alreadyThere} already there`;
  const kinds = `${generations.first} of the first generation, ${generations.second} of the second, ${generations["deep-coding"]} of deep-coding`;
  return [
    `${did}, ${count(skipped, "file")} skipped${stopped === null ? "" : " so far"}`,
    `${kinds}; ${count(report.tasks, "task")}, ${count(report.toolCalls, "tool call")}`,
    ...(stopped === null
      ? []
      : ["Not all files were read. Run it again: what is imported stays, and nothing doubles."]),
    "",
  ].join("\n");
}

interface Row {
  first: string;
  second: string;
}

/** Wrapped by the terminal rather than cut: what to do comes last. */
function section(title: string, rows: readonly Row[], { colors }: Output): string {
  if (rows.length === 0) return "";
  const width = rows.reduce((widest, { first }) => Math.max(widest, stringWidth(first)), 0);
  const lines = rows.map(
    ({ first, second }) => `  ${" ".repeat(width - stringWidth(first))}${first}  ${second}\n`,
  );
  return `\n${colors.dim(title)}\n${lines.join("")}`;
}

function lostFiles({ skips }: ImportReport): Row[] {
  return skips
    .filter(isLoss)
    .map(({ file, message }) => ({ first: oneLine(basename(file)), second: oneLine(message) }));
}

function skippedFiles({ skips }: ImportReport): Row[] {
  const harmless = skips.filter((skipped) => !isLoss(skipped));
  const byReason = Map.groupBy(harmless, ({ reason }) => reason);
  return [...byReason].map(([reason, files]: [SkipReason, typeof harmless]) => ({
    first: String(files.length),
    second: `${SKIP_REASONS[reason]}: ${files.map(({ file }) => oneLine(basename(file))).join(", ")}`,
  }));
}

function remarkRows({ remarks, sessions, forks }: ImportReport): Row[] {
  const rows: Row[] = REMARK_CODES.flatMap((code) => {
    const times = remarks[code];
    return times === undefined ? [] : [{ first: String(times), second: REMARKS[code] }];
  });
  const changed = sessions.filter(({ changedSince }) => changedSince).length;
  if (changed > 0) {
    rows.push({
      first: String(changed),
      second: "already there; what has changed since is not imported",
    });
  }
  if (forks.length > 0) {
    const orphans = forks.filter(({ forkedFrom }) => !sessions.some(({ id }) => id === forkedFrom)).length;
    rows.push({
      first: String(forks.length),
      second: `forks, imported whole; ${orphans} without their parent`,
    });
  }
  return rows;
}

function costLines({ counted, elsewhere, unreadableLines }: CostReport): string {
  const tokens = `${counted.inputTokens} input and ${counted.outputTokens} output tokens`;
  const others =
    elsewhere.calls === 0
      ? ""
      : `; ${count(elsewhere.calls, "record")} ($${elsewhere.costUsd.toFixed(4)}) of no session here`;
  const unread = unreadableLines === 0 ? "" : `; ${count(unreadableLines, "line")} unreadable`;
  return `\nCosts: $${counted.costUsd.toFixed(4)} for ${tokens}${others}${unread}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
