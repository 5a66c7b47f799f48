import { isApiError } from "@trunkline/client";
import { forgetSessions } from "../session-stream/kept-sessions.ts";
import { createStore } from "zustand/vanilla";

/** True from the moment that the server did not know who is asking. */
export const signedOut = createStore<boolean>(() => false);

/** Looks at an error of the API; from any call, it tells the same. What the server gave is forgotten then. */
export function noticeSignedOut(error: unknown): void {
  if (!isApiError(error, "unauthorized")) return;
  signedOut.setState(true, true);
  void forgetSessions();
}
