/**
 * `pnpm soak [--minutes 60] [--sessions 50] [--engine sqlite|postgres]`: a long load with kills of subscribers and faults of the
 * provider, and what the server holds at its start and its end.
 */
import { parseArgs } from "node:util";
import { PostgresServer } from "../postgres/postgres-server.ts";
import { soak, type SoakPart } from "./soak.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    sessions: { type: "string", default: "50" },
    engine: { type: "string", default: "sqlite" },
  },
});
const minutes = Number(values.minutes);
const sessions = Number(values.sessions);
if (!["sqlite", "postgres"].includes(values.engine)) throw new Error("--engine takes sqlite or postgres");
if (!(minutes > 0) || !Number.isInteger(sessions) || sessions < 1) {
  throw new Error("--minutes and --sessions take positive numbers");
}

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

await using postgres = values.engine === "postgres" ? await PostgresServer.start() : undefined;
const report = await soak({
  durationMs: minutes * 60_000,
  sessions,
  databaseUrl: await postgres?.createDatabase(),
  onSample: (share, { residentBytes, handles }) => {
    const text = `${(share * 100).toFixed(0)} %  ${mb(residentBytes)}  ${handles} handles`;
    if (process.stderr.isTTY) process.stderr.write(`\r${text}   `);
  },
});

const { start, end, tasks, tokens, kills, faults, problems } = report;
const row = (name: string, show: (part: SoakPart) => string, ratio?: (part: SoakPart) => number): string => {
  const times = ratio === undefined ? "" : `  × ${(ratio(end) / ratio(start)).toFixed(2)}`;
  return `${name.padEnd(22)}${show(start).padStart(12)}${show(end).padStart(12)}${times}\n`;
};
process.stdout.write(
  `\n${minutes} min, ${sessions} sessions, ${values.engine}: ${tasks} tasks, ${tokens} tokens, ` +
    `${kills} subscribers killed, ${faults} faults of the provider, ${problems.length} problems\n\n` +
    `${"".padEnd(22)}${"start".padStart(12)}${"end".padStart(12)}\n` +
    row(
      "memory",
      ({ residentBytes }) => mb(residentBytes),
      ({ residentBytes }) => residentBytes,
    ) +
    row(
      "heap in use",
      ({ heapBytes }) => mb(heapBytes),
      ({ heapBytes }) => heapBytes,
    ) +
    row(
      "handles",
      ({ handles }) => String(handles),
      ({ handles }) => handles,
    ) +
    row("processes", ({ processes }) => String(processes)) +
    row("temporary files", ({ temporaryFiles }) => String(temporaryFiles)) +
    row(
      "token p50",
      ({ p50Ms }) => `${p50Ms.toFixed(1)} ms`,
      ({ p50Ms }) => p50Ms,
    ) +
    row(
      "token p99",
      ({ p99Ms }) => `${p99Ms.toFixed(1)} ms`,
      ({ p99Ms }) => p99Ms,
    ),
);
for (const problem of problems) process.stdout.write(`problem: ${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
