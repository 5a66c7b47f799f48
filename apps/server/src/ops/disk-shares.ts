import { existsSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { TrunklineError } from "@trunkline/contract";
import type { Logger } from "pino";
import { describeBytes } from "../common/describe-bytes.ts";
import { idIn, SHARED_PLACES } from "../data-dir/shared-places.ts";
import { Measuring } from "./measuring.ts";
import type { usedBytesWithin } from "./used-bytes.ts";

export interface DiskSharesOptions {
  /** Where the directories of sessions and projects are. */
  directory: string;
  /** What one user's may take, in bytes; null: half of what there is, where the server has several users. */
  userBytes: number | null;
  /** What of the disk is nobody's to take: beyond it, everybody's commands end. */
  reservedBytes: number;
  isShared: () => boolean;
  /** By id, of sessions or projects that there are. */
  ownersOf: (kind: "session" | "project", ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  usedBytesWithin: typeof usedBytesWithin;
  logger: Pick<Logger, "warn">;
}

interface Taken {
  ownerId: string;
  bytes: number;
  /** `performance.now()` */
  at: number;
}

/** Between two measurements, in ms; shorter while somebody has nearly used up their share. */
const EVERY_MS = 600_000;
const EVERY_MS_WHEN_SCARCE = 60_000;
const SCARCE_AT = 0.8;
/** How often it is looked whether the disk has changed, in ms. */
const LOOK_EVERY_MS = 1_000;
/** Measured anew once the disk has changed by this part of what the nearest to the limit has left, but not for less than these bytes. */
const CHANGED_BY = 1 / 8;
const CHANGED_BY_BYTES = 16 * 1_048_576;
/** Ids asked for at once. */
const BATCH = 500;
/** Of nobody: what the store does not know. */
const NOBODY = "";

/** What each user's workspaces, checkpoints and repositories take, so that nobody's leave none for the others. */
export class DiskShares {
  readonly #options: DiskSharesOptions;
  /** By place and name, such as `workspaces/<session>`. */
  #taken = new Map<string, Taken>();
  #byOwner = new Map<string, number>();
  /** What one user may take; null: there is no limit, or it isn't known yet. */
  #limit: number | null = null;
  #isMeasured = false;
  /** On the disk, when it was measured, and when it was looked at last. */
  #freeBytes = 0;
  #freeSeen = 0;
  #looking: NodeJS.Timeout | undefined;
  readonly #measuring = new Measuring(
    async (signal) => this.#measure(signal),
    () => (this.#isScarce ? EVERY_MS_WHEN_SCARCE : EVERY_MS),
  );

  constructor(options: DiskSharesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#measuring.start();
    this.#looking = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#looking);
    await this.#measuring.stop();
  }

  /** Looks at the disk now. */
  async measure(): Promise<void> {
    await this.#measuring.measure();
  }

  /** Measures if what there is on the disk has changed, whoever has changed it: forks and archives are not noted. */
  async look(): Promise<void> {
    try {
      if (!(await this.#isTight())) {
        this.#forget();
        return;
      }
      const free = await this.#freeNow();
      const regained = free - this.#freeSeen;
      this.#freeSeen = free;
      if (this.#isScarce && regained >= CHANGED_BY_BYTES) await this.#dropGone();
      if (!this.#measuring.hasRested) return;
      const changedBy = Math.abs(free - this.#freeBytes);
      if (!this.#isMeasured || changedBy >= this.#leastOfInterest()) await this.measure();
    } catch (error) {
      this.#options.logger.warn({ err: error }, "the disk could not be looked at");
    }
  }

  /** As of the last measurement. @throws TrunklineError `storage_full` */
  readonly requireRoom = (ownerId: string): void => {
    const used = this.#byOwner.get(ownerId) ?? 0;
    if (this.#limit === null || used < this.#limit) return;
    throw new TrunklineError(
      "storage_full",
      `Your sessions and projects take ${describeBytes(used)} of the server's disk, and one user may take ${describeBytes(this.#limit)}. ` +
        "Delete those that you no longer need; room is counted anew within minutes",
    );
  };

  /**
   * Told what a directory takes now, by whoever watches it.
   * @returns what its owner's may take, and what of it is left, negative where they exceed it; null: there is no limit, or it isn't known yet
   */
  readonly note = async (
    directory: string,
    usedBytes: number,
  ): Promise<{ limitBytes: number; leftBytes: number } | null> => {
    const place = this.#placeOf(directory);
    if (place === null) return null;
    if (!(await this.#isTight())) {
      this.#forget();
      return null;
    }
    if (!this.#isMeasured) {
      void this.measure();
      return null;
    }
    const { key, of, id } = place;
    const ownerId =
      this.#taken.get(key)?.ownerId ?? (await this.#options.ownersOf(of, [id])).get(id) ?? NOBODY;
    this.#set(key, { ownerId, bytes: usedBytes, at: performance.now() });
    const limitBytes = await this.#limitNow();
    this.#limit = limitBytes;
    const leftBytes = limitBytes - (this.#byOwner.get(ownerId) ?? 0);
    return ownerId === NOBODY ? null : { limitBytes, leftBytes };
  };

  get #isScarce(): boolean {
    const limit = this.#limit;
    return (
      limit !== null &&
      [...this.#byOwner].some(([ownerId, bytes]) => ownerId !== NOBODY && bytes >= limit * SCARCE_AT)
    );
  }

  /** Whether anybody can have taken too much. */
  async #isTight(): Promise<boolean> {
    const { userBytes, isShared, directory, reservedBytes } = this.#options;
    if (userBytes !== null) return true;
    if (!isShared()) return false;
    const { blocks, bfree, bavail, bsize } = await statfs(directory);
    // Otherwise nobody's are half of what there is.
    return (blocks - bfree) * bsize > bavail * bsize - reservedBytes;
  }

  async #limitNow(): Promise<number> {
    const { userBytes, reservedBytes } = this.#options;
    if (userBytes !== null) return userBytes;
    const taken = [...this.#byOwner.values()].reduce((sum, bytes) => sum + bytes, 0);
    return Math.max(0, taken + (await this.#freeNow()) - reservedBytes) / 2;
  }

  async #freeNow(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#options.directory);
    return bavail * bsize;
  }

  /** What has been deleted counts no longer, however long the next measurement takes. */
  async #dropGone(): Promise<void> {
    for (const [key, taken] of this.#taken) {
      const isGone = await stat(join(this.#options.directory, key)).then(
        () => false,
        (error: NodeJS.ErrnoException) => error.code === "ENOENT",
      );
      // It may have been measured meanwhile.
      if (isGone && this.#taken.get(key) === taken)
        this.#set(key, { ...taken, bytes: 0, at: performance.now() });
    }
    this.#limit = await this.#limitNow();
  }

  /** The change of the disk that may bring somebody over their limit, or back. */
  #leastOfInterest(): number {
    const limit = this.#limit ?? 0;
    const left = [...this.#byOwner].flatMap(([ownerId, bytes]) =>
      ownerId === NOBODY ? [] : [Math.abs(limit - bytes)],
    );
    return Math.max(CHANGED_BY_BYTES, Math.min(limit, ...left) * CHANGED_BY);
  }

  /** Nobody is limited; it is counted anew once somebody may be. */
  #forget(): void {
    this.#taken.clear();
    this.#byOwner.clear();
    this.#limit = null;
    this.#isMeasured = false;
  }

  async #measure(signal: AbortSignal): Promise<void> {
    const { directory, usedBytesWithin, logger } = this.#options;
    const begun = performance.now();
    try {
      if (!(await this.#isTight())) {
        this.#forget();
        return;
      }
      const free = await this.#freeNow();
      const places = SHARED_PLACES.filter(({ of }) => of !== null).map(({ name }) => join(directory, name));
      const present = places.filter((path) => existsSync(path));
      const { sums, unread } = await usedBytesWithin(present, signal);
      const unreadKeys = new Set([...unread].map((path) => this.#placeOf(path)?.key));
      const before = this.#taken;
      const measured = await this.#owned(sums);
      this.#taken = new Map();
      this.#byOwner = new Map();
      for (const [key, taken] of measured) {
        const noted = before.get(key);
        // What was noted meanwhile is newer, and sees what a task has closed.
        const isNewer =
          noted !== undefined && (noted.at >= begun || (unreadKeys.has(key) && noted.bytes > taken.bytes));
        this.#set(key, isNewer ? noted : { ...taken, at: begun });
      }
      this.#isMeasured = true;
      this.#freeBytes = free;
      this.#limit = await this.#limitNow();
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, "what users take of the disk could not be measured");
    }
  }

  async #owned(sums: ReadonlyMap<string, number>): Promise<Map<string, { ownerId: string; bytes: number }>> {
    const found = [...sums].flatMap(([path, bytes]) => {
      const place = this.#placeOf(path);
      return place === null ? [] : [{ ...place, bytes }];
    });
    const owners = new Map<string, string>();
    for (const kind of ["session", "project"] as const) {
      const ids = [...new Set(found.flatMap(({ of, id }) => (of === kind ? [id] : [])))];
      for (let begin = 0; begin < ids.length; begin += BATCH) {
        const known = await this.#options.ownersOf(kind, ids.slice(begin, begin + BATCH));
        for (const [id, ownerId] of known) owners.set(id, ownerId);
      }
    }
    return new Map(found.map(({ key, id, bytes }) => [key, { ownerId: owners.get(id) ?? NOBODY, bytes }]));
  }

  #set(key: string, taken: Taken): void {
    const before = this.#taken.get(key);
    if (before !== undefined) this.#add(before.ownerId, -before.bytes);
    this.#taken.set(key, taken);
    this.#add(taken.ownerId, taken.bytes);
  }

  #add(ownerId: string, bytes: number): void {
    this.#byOwner.set(ownerId, (this.#byOwner.get(ownerId) ?? 0) + bytes);
  }

  /** Whose a path is that is in a directory of ours, or is one. */
  #placeOf(path: string): { key: string; of: "session" | "project"; id: string } | null {
    const [name = "", entry = ""] = relative(this.#options.directory, path).split(sep);
    const place = SHARED_PLACES.find((one) => one.name === name);
    const id = place === undefined ? null : idIn(place, entry);
    const of = place?.of ?? null;
    return of === null || id === null ? null : { key: `${name}/${entry}`, of, id };
  }
}
