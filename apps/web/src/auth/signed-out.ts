import { isApiError } from "@trunkline/client";
import { forgetSessions } from "../session-stream/kept-sessions.ts";
import { createStore } from "zustand/vanilla";

/** True once the server has answered "unauthenticated". */
export const signedOut = createStore<boolean>(() => false);

/** The server has refused this page's key. Once signed out, what it sent is forgotten. */
export function becomeSignedOut(): void {
  signedOut.setState(true, true);
  void forgetSessions();
}

/** Inspects an API error of what has no answer of its own to see it by (page-key.ts): a stream, an upload, a call among others. */
export function noticeSignedOut(error: unknown): void {
  if (isApiError(error, "unauthorized")) becomeSignedOut();
}
