import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isMet, ratioOf, type Row } from "./row.ts";

const RESULTS = fileURLToPath(new URL("../../results/", import.meta.url));

export interface Results {
  suite: string;
  startedAt: Date;
  seconds: number;
  quick: boolean;
  machine: object;
  /** Cores used by other processes during each measure. */
  disturbance: Readonly<Record<string, number>>;
  rows: readonly Row[];
  /** Failed measures with their reasons. */
  failures: readonly { measure: string; reason: string }[];
}

/** Writes the run as JSON. @returns the file's path. */
export async function writeResults({ startedAt, rows, ...run }: Results): Promise<string> {
  const stamp = startedAt
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(":", "");
  const path = `${RESULTS}${stamp}-${run.suite}${run.quick ? "-quick" : ""}.json`;
  const figures = rows.map((row) => ({ ...row, ratio: ratioOf(row), met: isMet(row) }));
  await mkdir(RESULTS, { recursive: true });
  await writeFile(path, `${JSON.stringify({ ...run, startedAt, rows: figures }, null, 2)}\n`);
  return path;
}
