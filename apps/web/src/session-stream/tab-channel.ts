import type { FollowState } from "@trunkline/client";
import type { EventBatch } from "@trunkline/contract";

/** A batch, and the cursor that it follows on: who is not there yet knows that something is missing. */
export interface PlacedBatch extends EventBatch {
  after: number;
}

/** What the tabs of one browser that show the same session tell each other. */
export type TabMessage =
  /** Somebody is new, or wonders whether the leading tab is still there. */
  { type: "hello" } | { type: "state"; state: FollowState } | { type: "batch"; batch: PlacedBatch };

export interface TabChannel {
  post(message: TabMessage): void;
  close(): void;
}

/** Messages come from the same origin, and from the same build of the page but for the moment of an update. */
export function openTabChannel(sessionId: string, onMessage: (message: TabMessage) => void): TabChannel {
  const channel = new BroadcastChannel(`trunkline:session:${sessionId}`);
  channel.addEventListener("message", (event) => onMessage(event.data as TabMessage));
  let open = true;
  return {
    post(message) {
      if (open) channel.postMessage(message);
    },
    close() {
      open = false;
      channel.close();
    },
  };
}
