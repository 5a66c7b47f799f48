import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { asObject, asText, type JsonObject } from "./json-value.ts";
import { addCosts, noCosts, type SessionCosts } from "./session-costs.ts";

const RECORDS = "records.jsonl";

export interface CostRecords {
  bySession: Map<string, SessionCosts>;
  /** Of calls without a session. */
  withoutSession: SessionCosts;
  /** Invalid lines, such as the last one before a crash. */
  unreadableLines: number;
}

/**
 * Sums `<directory>/<day>/records.jsonl`, line by line.
 *
 * @throws Error with a code, like node:fs, if the directory or a file can't be read
 */
export async function readCosts(directory: string): Promise<CostRecords> {
  const costs: CostRecords = { bySession: new Map(), withoutSession: noCosts(), unreadableLines: 0 };
  for (const day of (await readdir(directory)).toSorted()) {
    const path = join(directory, day, RECORDS);
    const isFile = await stat(path).then((found) => found.isFile(), isAbsent);
    if (isFile) await readRecords(path, costs);
  }
  return costs;
}

async function readRecords(path: string, costs: CostRecords): Promise<void> {
  const lines = createInterface({
    input: createReadStream(path, "utf8"),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) {
    if (line.trim() === "") continue;
    const record = parseRecord(line);
    if (record === null) {
      costs.unreadableLines += 1;
      continue;
    }
    addCosts(sumOf(costs, asText(record["session_id"])), toCosts(record));
  }
}

function sumOf(costs: CostRecords, sessionId: string): SessionCosts {
  if (sessionId === "") return costs.withoutSession;
  const sum = costs.bySession.get(sessionId) ?? noCosts();
  costs.bySession.set(sessionId, sum);
  return sum;
}

function toCosts(record: JsonObject): SessionCosts {
  const name = [record["provider"], record["model"]].map(asText).filter((part) => part !== "");
  const model = name.join(":").replaceAll(/\s+/g, "-").slice(0, 200);
  return {
    calls: 1,
    inputTokens: Math.round(amount(record["input_tokens"])),
    outputTokens: Math.round(amount(record["output_tokens"])),
    costUsd: amount(record["total_cost"]),
    models: model === "" ? [] : [model],
  };
}

function amount(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

function parseRecord(line: string): JsonObject | null {
  try {
    return asObject(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function isAbsent(error: NodeJS.ErrnoException): boolean {
  if (error.code === "ENOENT" || error.code === "ENOTDIR") return false;
  throw error;
}
