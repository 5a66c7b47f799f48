import { appendFile, chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { RevocationEntry } from "./port.ts";

const Entry: z.ZodType<RevocationEntry> = z.union([
  z.object({ tokenHash: z.string(), at: z.number() }),
  z.object({ removedUserId: z.string(), at: z.number() }),
  z.object({ restoredUserId: z.string(), at: z.number() }),
]);

export interface Revocations {
  /** Hash of a token's secret → when it was revoked. */
  tokens: ReadonlyMap<string, number>;
  /** Users whose tokens from before this time are revoked, and whether the user is still removed. */
  users: ReadonlyMap<string, { at: number; isRemoved: boolean }>;
}

/**
 * An append-only file of revocations beside the database, because a restored database knows nothing of what was revoked
 * since its backup. Contains hashes and ids, no secrets.
 */
export class RevocationLedger {
  readonly #path: string;

  constructor(dataDir: string) {
    this.#path = join(dataDir, "revocations");
  }

  /** Written before the change is committed, so that a crash in between revokes too much rather than too little. */
  async add(...entries: RevocationEntry[]): Promise<void> {
    // A line truncated by a full disk or crash must not swallow this one.
    const lines = entries.map((entry) => `\n${JSON.stringify(entry)}\n`).join("");
    await appendFile(this.#path, lines, { mode: 0o600, flush: true });
  }

  async read(): Promise<Revocations> {
    const text = await readFile(this.#path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    if (text !== "") await chmod(this.#path, 0o600);
    return fold(text.split("\n").flatMap(parseLine));
  }
}

/** Ignore an incomplete line. */
function parseLine(line: string): RevocationEntry[] {
  try {
    const entry = Entry.safeParse(JSON.parse(line === "" ? "null" : line));
    return entry.success ? [entry.data] : [];
  } catch {
    return [];
  }
}

function fold(entries: readonly RevocationEntry[]): Revocations {
  const tokens = new Map<string, number>();
  const users = new Map<string, { at: number; isRemoved: boolean }>();
  for (const entry of entries) {
    if ("tokenHash" in entry) {
      tokens.set(entry.tokenHash, entry.at);
    } else if ("removedUserId" in entry) {
      users.set(entry.removedUserId, { at: entry.at, isRemoved: true });
    } else {
      const removed = users.get(entry.restoredUserId);
      if (removed !== undefined) users.set(entry.restoredUserId, { ...removed, isRemoved: false });
    }
  }
  return { tokens, users };
}
