import { draftOf } from "../composer/draft.ts";
import { pathIn } from "../navigation/base-path.ts";

/** As in the manifest's `share_target`: what another app shares. */
const PARTS = ["share-title", "share-text", "share-url"] as const;
/** Longer than a prompt may be. */
const MAX_LENGTH = 200_000;

/**
 * @param search of the page's address
 * @returns what was shared, each part once: apps put an address into the text as well
 */
export function sharedText(search: string): string {
  const shared = new URLSearchParams(search);
  const parts: string[] = [];
  for (const name of PARTS) {
    const part = shared.get(name)?.trim() ?? "";
    if (part !== "" && !parts.some((other) => other.includes(part))) parts.push(part);
  }
  return parts.join("\n\n").slice(0, MAX_LENGTH);
}

/** Puts what was shared in front of the draft of a new task, once: a reload finds a plain address. Nothing is sent by it. */
export async function takeSharedText(): Promise<void> {
  const { pathname, search, hash } = window.location;
  const text = sharedText(search);
  if (pathIn(pathname) !== "/" || text === "") return;
  window.history.replaceState(window.history.state, "", pathname + hash);
  const draft = draftOf("new");
  await draft.whenRestored;
  draft.giveBack({ text, files: [] });
}
