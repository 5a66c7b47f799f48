import { TrunklineConnectionError } from "@trunkline/client";
import { apiClient } from "../api/api-client.ts";
import { lastUserId, whoIsSignedIn } from "../auth/who-is-signed-in.ts";
import { noticeSignedOut } from "../auth/signed-out.ts";
import { draftOf } from "../composer/draft.ts";
import { isConnectionError, network, noteReached } from "../network/network.ts";
import { deliverTo } from "../session-stream/use-open-session.ts";
import { firstWords } from "../text/first-words.ts";
import { showToast } from "../ui/toasts.ts";
import { useStore } from "zustand";
import { Outbox, type OutgoingMessage } from "./outbox.ts";

/** This page's outbox. */
export const outbox = new Outbox({
  userId: lastUserId,
  async submit(message) {
    const { idempotencyKey, sessionId, text: prompt, start, userId } = message;
    try {
      const me = await whoIsSignedIn();
      if (userId !== null && userId !== me) throw new TrunklineConnectionError("Written by somebody else");
      const delivery =
        sessionId === null
          ? await apiClient.task.submit.mutate({ prompt, idempotencyKey, ...start })
          : await deliverTo(sessionId, prompt, idempotencyKey);
      noteReached(true);
      return delivery;
    } catch (error) {
      noticeSignedOut(error);
      if (isConnectionError(error)) noteReached(false);
      throw error;
    }
  },
  isConnectionError,
  onDelivered({ text, sessionId }, delivery) {
    if (sessionId !== null) return;
    showToast("Task started", {
      detail: firstWords(text),
      link: { label: "Show", href: `/s/${delivery.sessionId}` },
    });
  },
  onRefused({ text, sessionId }, error) {
    draftOf(sessionId ?? "new").giveBack(text);
    const detail = error instanceof Error ? error.message : String(error);
    showToast("Not sent", { detail: `${detail} Saved as a draft.`, level: "error" });
  },
});

/** Interval of retries, in ms, besides retrying whenever the network or server comes back. */
const RETRY_MS = 5_000;

/** @returns a function that stops it. */
export function watchOutbox(): () => void {
  const end = outbox.start();
  const flush = (): void => outbox.flush();
  const timer = setInterval(() => {
    if (outbox.messages.getState().length > 0) flush();
  }, RETRY_MS);
  const unsubscribe = network.subscribe(({ awaySince }, before) => {
    if (awaySince === null && before.awaySince !== null) flush();
  });
  window.addEventListener("online", flush);
  return () => {
    end();
    clearInterval(timer);
    unsubscribe();
    window.removeEventListener("online", flush);
  };
}

export const useOutbox = (): readonly OutgoingMessage[] => useStore(outbox.messages);
