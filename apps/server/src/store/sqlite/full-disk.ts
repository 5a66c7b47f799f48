import type Database from "better-sqlite3";
import type { Ballast } from "./ballast.ts";
import type { PlainCommit } from "./commit-message.ts";
import type { CommitResult } from "../commit.ts";
import type { Committer } from "./committer.ts";

/**
 * Commits normally while the disk has space. When it is full, deletes the ballast, commits only what ends or deletes
 * something and refuses the rest, until there is space for the ballast again.
 * @param isFull whether an error of `commitParts` means a full disk.
 * @throws what `commitParts` throws, except for a full disk, which is reported as the commits' result.
 */
export function surviveFullDisk(options: {
  database: Database.Database;
  ballast: Ballast;
  commitParts: Committer;
  isFull: (error: unknown) => boolean;
}): Committer {
  const { ballast, commitParts, isFull } = options;
  const pageSize = Number(options.database.pragma("page_size", { simple: true }));

  /** Deletes free pages that are reused before the file grows. */
  function hasRoomInside(): boolean {
    const pages = Number(options.database.pragma("freelist_count", { simple: true }));
    return pages * pageSize >= ROOM_INSIDE_BYTES;
  }

  /** @returns undefined if the disk was full. */
  function tryCommit(commits: readonly PlainCommit[], at: number): CommitResult[] | undefined {
    try {
      return commitParts(commits, at);
    } catch (error) {
      if (isFull(error)) return undefined;
      throw error;
    }
  }

  return (commits, at) => {
    if (ballast.isKept || ballast.keep()) {
      const results = tryCommit(commits, at);
      if (results !== undefined) return results;
      ballast.drop();
    }
    const inside = hasRoomInside() ? tryCommit(commits, at) : undefined;
    if (inside !== undefined) return inside;
    const endings = commits.filter((commit) => commit.mayUseBallast);
    const results = endings.length === 0 ? [] : (tryCommit(endings, at) ?? []);
    const resultOf = new Map(results.map((result, index) => [endings[index], result]));
    return commits.map((commit) => resultOf.get(commit) ?? FULL);
  };
}

const ROOM_INSIDE_BYTES = 4 * 1_024 * 1_024;

const FULL: CommitResult = { error: "full", detail: "" };
