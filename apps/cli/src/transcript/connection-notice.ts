import type { FollowState } from "@trunkline/client";

/** @returns a listener that says once when the connection is lost and once when it is back. */
export function connectionNotices(say: (text: string) => void): (state: FollowState) => void {
  let lost = false;
  return ({ status, error }) => {
    if (status === "waiting" && !lost) {
      lost = true;
      say(`Connection lost (${error?.message ?? "no reason given"}); reconnecting …`);
    } else if ((status === "live" || status === "replaying") && lost) {
      lost = false;
      say("Connected again");
    }
  };
}
