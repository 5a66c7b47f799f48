import { lstat } from "node:fs/promises";
import type { Dirent } from "node:fs";
import { TrunklineError, type WorkspaceEntry } from "@trunkline/contract";
import { entriesIn, linkTarget, nameBytes, nameText } from "../../common/raw-names.ts";
import type { HeldDirectory } from "./held-directory.ts";
import { unlessGone } from "./visit-tree.ts";

/** Where an entry stands in a listing: directories first, then by name. */
interface Place {
  rank: 0 | 1;
  name: string;
}

/**
 * One page of a directory. However many entries it has, only a page of their names is held in memory.
 * @param shown the directory's path relative to the workspace, `.` for the workspace
 * @throws TrunklineError `cursor_invalid`
 */
export async function listEntries(
  directory: HeldDirectory,
  { shown, cursor, limit }: { shown: string; cursor: string | undefined; limit: number },
): Promise<{ items: WorkspaceEntry[]; nextCursor: string | null }> {
  const places = await firstPlaces(directory, cursor === undefined ? null : decodeCursor(cursor), limit + 1);
  const page = places.slice(0, limit);
  const prefix = shown === "." ? "" : `${shown}/`;
  const items: WorkspaceEntry[] = [];
  for (const { name } of page) {
    const entry = await unlessGone(() => describeEntry(directory, name, `${prefix}${name}`));
    if (entry !== undefined) items.push(entry);
  }
  const last = page.at(-1);
  return { items, nextCursor: places.length > limit && last !== undefined ? encodeCursor(last) : null };
}

/** The first `count` entries after a place, in order. */
async function firstPlaces(directory: HeldDirectory, after: Place | null, count: number): Promise<Place[]> {
  const places: Place[] = [];
  for await (const entry of entriesIn(directory.self, { bufferSize: 512 })) {
    const place: Place = { rank: (await isDirectory(directory, entry)) ? 0 : 1, name: entry.name };
    if (after !== null && compare(place, after) <= 0) continue;
    const last = places.at(-1);
    if (places.length === count && last !== undefined && compare(place, last) >= 0) continue;
    places.splice(placeFor(places, place), 0, place);
    if (places.length > count) places.pop();
  }
  return places;
}

/** Some file systems do not tell the kind along with the name. */
async function isDirectory(directory: HeldDirectory, entry: Dirent): Promise<boolean> {
  const isKnown =
    entry.isDirectory() ||
    entry.isFile() ||
    entry.isSymbolicLink() ||
    entry.isFIFO() ||
    entry.isSocket() ||
    entry.isBlockDevice() ||
    entry.isCharacterDevice();
  if (isKnown) return entry.isDirectory();
  return (await unlessGone(() => lstat(directory.entry(entry.name))))?.isDirectory() === true;
}

function placeFor(places: readonly Place[], place: Place): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = places[middle];
    if (other !== undefined && compare(other, place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(one: Place, other: Place): number {
  if (one.rank !== other.rank) return one.rank - other.rank;
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

async function describeEntry(directory: HeldDirectory, name: string, path: string): Promise<WorkspaceEntry> {
  const place = directory.entry(name);
  const stats = await lstat(place);
  const isFile = stats.isFile();
  const isLink = stats.isSymbolicLink();
  return {
    name: name.toWellFormed(),
    path: path.toWellFormed(),
    kind: stats.isDirectory() ? "directory" : isFile ? "file" : isLink ? "link" : "other",
    bytes: isFile ? stats.size : null,
    modifiedAt: toTimestamp(stats.mtimeMs),
    executable: isFile && (stats.mode & 0o100) !== 0,
    target: isLink ? (await linkTarget(place)).toWellFormed() : null,
  };
}

/** A command may have set any time, also one before 1970. */
export function toTimestamp(ms: number): number {
  return Math.min(Math.max(Math.trunc(ms), 0), Number.MAX_SAFE_INTEGER);
}

function encodeCursor({ rank, name }: Place): string {
  return Buffer.from(nameBytes(`${rank}${name}`)).toString("base64url");
}

function decodeCursor(cursor: string): Place {
  const text = nameText(Buffer.from(cursor, "base64url"));
  const [rank, name] = [text.charAt(0), text.slice(1)];
  if ((rank !== "0" && rank !== "1") || name === "") {
    throw new TrunklineError("cursor_invalid", "Invalid cursor: pass a nextCursor, or leave it out to start");
  }
  return { rank: rank === "0" ? 0 : 1, name };
}
