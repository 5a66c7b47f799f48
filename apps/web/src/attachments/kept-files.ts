import { Shelf } from "../text/kept.ts";

/** A file and when it was attached, in ms since the epoch. */
interface KeptFile {
  data: Blob;
  at: number;
}

/** Where a message that was written is sent or dropped, its files are removed; this old, they belong to none, in ms. */
const MAX_AGE_MS = 30 * 24 * 60 * 60 * 1_000;

const shelf = new Shelf("files");
/** Those of this page: they can be used though the browser has no room for them. */
const open = new Map<string, Blob>();

/** @returns whether they outlive the page. */
export async function keepFile(id: string, data: Blob): Promise<boolean> {
  open.set(id, data);
  return shelf.write(id, { data, at: Date.now() } satisfies KeptFile);
}

/** @returns null if the browser lost it. */
export async function keptFile(id: string): Promise<Blob | null> {
  const known = open.get(id);
  if (known !== undefined) return known;
  const kept = (await shelf.read(id)) as KeptFile | null;
  if (kept === null) return null;
  open.set(id, kept.data);
  return kept.data;
}

export function forgetFiles(files: readonly { id: string }[]): void {
  for (const { id } of files) open.delete(id);
  if (files.length > 0) void shelf.forget(...files.map(({ id }) => id));
}

/** Removes what crashes of the browser left behind. */
export async function sweepFiles(): Promise<void> {
  for (const id of await shelf.keys()) {
    const kept = (await shelf.read(id)) as KeptFile | null;
    if (kept !== null && kept.at < Date.now() - MAX_AGE_MS) await shelf.forget(id);
  }
}
