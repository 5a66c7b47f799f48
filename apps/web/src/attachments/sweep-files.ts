import { keptTextKeys, readText } from "../text/kept-text.ts";
import type { AttachedFile } from "./attached-file.ts";
import { filesBefore, forgetFiles } from "./kept-files.ts";

/** Where what was written is kept: drafts, and messages that wait to be sent. */
const WRITTEN = ["trunkline:draft:", "trunkline:outbox:"] as const;

/** Nothing is lost by waiting, in ms: what was written may not be readable just now. */
const MIN_AGE_MS = 30 * 24 * 60 * 60 * 1_000;

/**
 * Where a message is sent or dropped, its files are removed. This removes what crashes of the browser left behind: what nothing
 * that was written has, however old that is, and whatever this machine's clock says.
 */
export async function sweepFiles(): Promise<void> {
  const old = await filesBefore(Date.now() - MIN_AGE_MS);
  if (old.length === 0) return;
  const attached = new Set<string>();
  for (const prefix of WRITTEN) {
    for (const key of await keptTextKeys(prefix)) {
      const written = (await readText(key)) as { files?: readonly AttachedFile[] } | null;
      for (const { id } of written?.files ?? []) attached.add(id);
    }
  }
  forgetFiles(old.filter((id) => !attached.has(id)).map((id) => ({ id })));
}
