import { followSession, type FollowState, type TrunklineClient } from "@trunkline/client";
import { isPageHidden, pause } from "../network/page-visibility.ts";
import { readEvents } from "./read-events.ts";
import { askForSlot, takeSlot } from "./stream-slots.ts";
import type { PlacedBatch } from "./tab-channel.ts";

/** Polling interval of a tab without a stream, in ms. */
const POLL_INTERVAL_MS = { visible: 1_000, hidden: 5_000 };

export interface SourceOptions {
  sessionId: string;
  /** Seq of the last known event. */
  after: number;
  signal: AbortSignal;
  onState: (state: FollowState) => void;
}

/**
 * A session's events from the server: by a stream if a slot is free, otherwise by polling. A hidden tab gives its slot
 * to a visible one.
 *
 * @throws TrunklineApiError if retrying can't help
 */
export async function* readSession(
  client: TrunklineClient,
  options: SourceOptions,
): AsyncGenerator<PlacedBatch, void> {
  const { signal } = options;
  let after = options.after;
  let gaveUp = false;
  while (!signal.aborted) {
    const slot = gaveUp ? null : await takeSlot();
    gaveUp = false;
    if (slot === null) {
      if (!isPageHidden()) askForSlot();
      for await (const batch of ask(client, { ...options, after })) {
        yield batch;
        after = batch.events.at(-1)?.seq ?? after;
      }
      await pause(isPageHidden() ? POLL_INTERVAL_MS.hidden : POLL_INTERVAL_MS.visible, signal);
      continue;
    }
    try {
      const either = AbortSignal.any([signal, slot.wanted]);
      for await (const batch of followSession(client, { ...options, after, signal: either })) {
        yield { ...batch, after };
        after = batch.events.at(-1)?.seq ?? after;
      }
      gaveUp = true;
    } finally {
      slot.release();
    }
  }
}

/** All new events. */
async function* ask(
  client: TrunklineClient,
  { onState, ...options }: SourceOptions,
): AsyncGenerator<PlacedBatch, void> {
  let { after } = options;
  const onTrouble = (error: Error | null): void =>
    onState({ status: error === null ? "live" : "waiting", attempt: error === null ? 0 : 1, retryInMs: 0 });
  for await (const events of readEvents(client, { ...options, onTrouble })) {
    yield { after, events, live: true };
    after = events.at(-1)?.seq ?? after;
  }
}
