/**
 * `pnpm soak:web [--minutes 30] [--sessions 20]`: sessions that stream, and one page that moves between them, loses the network twice and
 * the server once. Whatever a visited session shows is compared with its log; what the page holds, with what it held before. Exits with 1
 * if anything was lost, shown twice, or kept growing.
 */
import { parseArgs } from "node:util";
import type { PageFigures } from "./page-figures.ts";
import { soakWeb } from "./soak-web.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    sessions: { type: "string", default: "20" },
  },
});
const minutes = Number(values.minutes);
const sessions = Number(values.sessions);
if (!(minutes > 0) || !Number.isInteger(sessions) || sessions < 1) {
  throw new Error("--minutes and --sessions take positive numbers");
}

const report = await soakWeb({
  durationMs: minutes * 60_000,
  sessions,
  onVisit: (share, { heapBytes, nodes, listeners }) => {
    if (!process.stderr.isTTY) return;
    const held = `${(heapBytes / 1e6).toFixed(1)} MB  ${nodes} nodes  ${listeners} listeners`;
    process.stderr.write(`\r${(share * 100).toFixed(0)} %  ${held}   `);
  },
});

const { start, end, problems } = report;
const row = (name: string, figure: (of: PageFigures) => number, digits = 0): string =>
  `${name.padEnd(22)}${figure(start).toFixed(digits).padStart(10)}${figure(end).toFixed(digits).padStart(10)}\n`;
process.stdout.write(
  `\n${minutes} min, ${sessions} sessions: ${report.tasks} tasks, ${report.visits} visits, ${report.compared} answers compared ` +
    `with the log, ${report.offline} times offline, ${report.kills} kill of the server, ${problems.length} problems\n\n` +
    `${"".padEnd(22)}${"start".padStart(10)}${"end".padStart(10)}\n` +
    row("heap of the page, MB", ({ heapBytes }) => heapBytes / 1e6, 1) +
    row("DOM nodes", ({ nodes }) => nodes) +
    row("event listeners", ({ listeners }) => listeners),
);
for (const problem of problems) process.stdout.write(`problem: ${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
