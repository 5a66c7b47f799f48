import { isApiError, TrunklineConnectionError } from "@trunkline/client";
import type { AttachedFile } from "../attachments/attached-file.ts";
import { forgetFiles } from "../attachments/kept-files.ts";
import { FileLostError, upload } from "../attachments/uploads.ts";
import { apiClient } from "../api/api-client.ts";
import { pageUser } from "../auth/page-user.ts";
import { noticeSignedOut } from "../auth/signed-out.ts";
import { draftOf } from "../composer/draft.ts";
import { isConnectionError, network, noteReached } from "../network/network.ts";
import type { Message } from "../session-stream/open-session.ts";
import { whenUpdated } from "../sessions/update-session.ts";
import { deliverTo } from "../session-stream/use-open-session.ts";
import { firstWords } from "../text/first-words.ts";
import { showToast } from "../ui/toasts.ts";
import { useStore } from "zustand";
import { Outbox } from "./outbox.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";

/** This page's outbox. */
export const outbox = new Outbox({
  userId: pageUser,
  async submit(message) {
    const { idempotencyKey, sessionId, text: prompt, start, how = "enqueue", files = [] } = message;
    try {
      const attached = await attachmentsOf(files);
      if (sessionId !== null) await whenUpdated(sessionId);
      const delivery =
        sessionId === null
          ? await apiClient.task.submit.mutate({ prompt, idempotencyKey, ...attached, ...start })
          : await deliverTo(sessionId, { prompt, idempotencyKey, whenBusy: how, ...attached }, files);
      noteReached(true);
      return delivery;
    } catch (error) {
      if (error instanceof FileLostError && !(await outbox.isKept(message))) {
        throw new TrunklineConnectionError("Another tab has sent it");
      }
      noticeSignedOut(error);
      if (isConnectionError(error)) noteReached(false);
      throw error;
    }
  },
  isConnectionError,
  onSent: ({ files = [] }) => forgetFiles(files),
  onDelivered({ text, sessionId }, delivery) {
    if (sessionId !== null) return;
    showToast("Task started", {
      detail: firstWords(text),
      link: { label: "Show", href: `/s/${delivery.sessionId}` },
    });
  },
  onRefused({ text, files = [], sessionId }, error) {
    // The draft of a session that is gone would be found nowhere.
    const isGone = isApiError(error, "not_found");
    draftOf(isGone ? "new" : (sessionId ?? "new")).giveBack({ text, files });
    const detail = error instanceof Error ? error.message : String(error);
    const kept = isGone ? "Saved as the draft of a new task." : "Saved as a draft.";
    showToast("Not sent", { detail: `${detail} ${kept}`, level: "error" });
  },
});

/** What `task.submit` takes of files, which are uploaded first. */
async function attachmentsOf(files: readonly AttachedFile[]): Promise<Pick<Message, "attachments">> {
  if (files.length === 0) return {};
  const attachments = [];
  for (const file of files) attachments.push({ blobId: await upload(file), name: file.name });
  return { attachments };
}

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
