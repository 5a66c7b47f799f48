import type Database from "better-sqlite3";
import type { Ballast } from "./ballast.ts";
import type { CommitUnits, PlainUnit } from "./commit-units.ts";
import type { UnitResult } from "./refusal.ts";

/**
 * Commits while the disk has room; when it is full, drops the ballast and from then on commits what ends or deletes
 * something and refuses the rest, until there is room for the ballast again.
 * @param isFull whether an error of `commitUnits` means a full disk.
 * @throws what `commitUnits` throws, but for a full disk, which is the units' result.
 */
export function surviveFullDisk(options: {
  database: Database.Database;
  ballast: Ballast;
  commitUnits: CommitUnits;
  isFull: (error: unknown) => boolean;
}): CommitUnits {
  const { ballast, commitUnits, isFull } = options;
  const pageSize = Number(options.database.pragma("page_size", { simple: true }));

  /** Deleted rows leave pages in the file that are used before the file grows. */
  function hasRoomInside(): boolean {
    const pages = Number(options.database.pragma("freelist_count", { simple: true }));
    return pages * pageSize >= ROOM_INSIDE_BYTES;
  }

  /** @returns undefined where the disk was full. */
  function tryCommit(units: readonly PlainUnit[], at: number): UnitResult[] | undefined {
    try {
      return commitUnits(units, at);
    } catch (error) {
      if (isFull(error)) return undefined;
      throw error;
    }
  }

  return (units, at) => {
    if (ballast.isKept || ballast.keep()) {
      const results = tryCommit(units, at);
      if (results !== undefined) return results;
      ballast.drop();
    }
    const inside = hasRoomInside() ? tryCommit(units, at) : undefined;
    if (inside !== undefined) return inside;
    const endings = units.filter((unit) => unit.mayUseBallast);
    const results = endings.length === 0 ? [] : (tryCommit(endings, at) ?? []);
    const resultOf = new Map(results.map((result, index) => [endings[index], result]));
    return units.map((unit) => resultOf.get(unit) ?? FULL);
  };
}

const ROOM_INSIDE_BYTES = 4 * 1_024 * 1_024;

const FULL: UnitResult = { error: "full", detail: "" };
