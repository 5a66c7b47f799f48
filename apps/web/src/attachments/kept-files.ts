import { Shelf } from "../text/kept.ts";

/** A file and when it was attached, in ms since the epoch. */
interface KeptFile {
  data: Blob;
  at: number;
}

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

/** @returns ids of what was attached before `at`, in ms since the epoch */
export async function filesBefore(at: number): Promise<string[]> {
  const found: string[] = [];
  for (const id of await shelf.keys()) {
    const kept = (await shelf.read(id)) as KeptFile | null;
    if (kept !== null && kept.at < at) found.push(id);
  }
  return found;
}
