import { isApiError } from "@trunkline/client";
import { forgetSessions } from "../session-stream/kept-sessions.ts";
import { createStore } from "zustand/vanilla";

/** True once the server has answered "unauthenticated". */
export const signedOut = createStore<boolean>(() => false);

/** Inspects an API error of any call. Once signed out, what the server sent is forgotten. */
export function noticeSignedOut(error: unknown): void {
  if (!isApiError(error, "unauthorized")) return;
  signedOut.setState(true, true);
  void forgetSessions();
}
