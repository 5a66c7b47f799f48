import type { FollowState } from "@trunkline/client";
import type { EventBatch } from "@trunkline/contract";
import { ownName } from "../navigation/base-path.ts";

/** A batch with the cursor that it continues from, so that a new tab notices what it missed. */
export interface PlacedBatch extends EventBatch {
  after: number;
}

/** Messages between tabs that show the same session. */
export type TabMessage =
  /** A new tab, or one checking that the leader is alive. */
  { type: "hello" } | { type: "state"; state: FollowState } | { type: "batch"; batch: PlacedBatch };

export interface TabChannel {
  post(message: TabMessage): void;
  close(): void;
}

/** Messages come from the same origin and, except during an update, the same build. */
export function openTabChannel(sessionId: string, onMessage: (message: TabMessage) => void): TabChannel {
  const channel = new BroadcastChannel(ownName(`trunkline:session:${sessionId}`));
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
