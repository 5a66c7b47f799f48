import type { FollowState } from "@trunkline/client";
import { oneLine } from "../terminal/plain-text.ts";

/** @returns a listener that reports once when the connection is lost and once when it is back. */
export function connectionNotices(say: (text: string) => void): (state: FollowState) => void {
  let lost = false;
  return ({ status, error }) => {
    if (status === "waiting" && !lost) {
      lost = true;
      say(`Connection lost (${oneLine(error?.message ?? "unknown reason")}). Reconnecting…`);
    } else if ((status === "live" || status === "replaying") && lost) {
      lost = false;
      say("Reconnected.");
    }
  };
}
