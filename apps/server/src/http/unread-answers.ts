import type { Server, ServerResponse } from "node:http";

/** Between two looks at an answer of which nothing is taken, in ms; the second one closes it. Slow lines always take something. */
const PATIENCE_MS = 30_000;

/** Live streams and downloads: they are counted, and whoever reads them may pause, as `less` does. */
const mayPause = new WeakSet<ServerResponse>();

/** Closes connections of clients that do not read: each holds a descriptor, its answer, and what the answer is made of. */
export function closeUnreadAnswers(server: Server, patienceMs = PATIENCE_MS): void {
  server.on("request", (_incoming, outgoing) => {
    let noted = Number.NEGATIVE_INFINITY;
    // The connection's own time-out, which starts anew with whatever is taken. Twice in a row, because a process that was
    // suspended finds all of them over.
    outgoing.setTimeout(patienceMs, () => {
      const now = performance.now();
      const isUnread = outgoing.writableLength > 0 && !mayPause.has(outgoing);
      if (isUnread && now - noted < 2 * patienceMs) return void outgoing.destroy();
      noted = isUnread ? now : Number.NEGATIVE_INFINITY;
      outgoing.setTimeout(patienceMs);
    });
  });
}

/** @param signal ends its right to pause */
export function allowPauses(outgoing: ServerResponse, signal: AbortSignal): void {
  mayPause.add(outgoing);
  signal.addEventListener("abort", () => mayPause.delete(outgoing), { once: true });
}
