import { isApiError } from "@trunkline/client";
import type { Session } from "@trunkline/contract";
import { apiClient } from "../api/api-client.ts";
import { download } from "../files/download.ts";
import { currentPath, navigate } from "../navigation/navigate.ts";
import { deleteQuestion, type Deletion } from "../session/delete-question.ts";
import { forgetDeleted } from "../session-stream/kept-sessions.ts";
import { firstWords } from "../text/first-words.ts";
import { plural } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { confirmed } from "../ui/confirmation.ts";
import { showToast } from "../ui/toasts.ts";
import { explain } from "./explain.ts";
import { isActive, statusOfSession } from "./status.ts";
import { updateSession } from "./update-session.ts";

/** What can be done with a session as a whole, from a list as from its page. Nothing here throws: it says what failed. */

/** Leaves the session's page, if it is the one that is shown. */
function leave(sessionId: string): void {
  if (currentPath() === `/s/${sessionId}`) navigate("/");
}

export async function exportSession(sessionId: string): Promise<void> {
  await download(`/api/sessions/${sessionId}/export`, "session.json");
}

/** Archives them; one click takes it back. */
export async function archiveSessions(sessionIds: readonly string[]): Promise<void> {
  try {
    for (const sessionId of sessionIds) await updateSession({ sessionId, archived: true });
    for (const sessionId of sessionIds) leave(sessionId);
    const text =
      sessionIds.length === 1 ? "Session archived" : `${plural(sessionIds.length, "session")} archived`;
    showToast(text, { action: { label: "Undo", run: () => void unarchiveSessions(sessionIds) } });
  } catch (error) {
    explain(sessionIds.length === 1 ? "archive the session" : "archive the sessions", error);
  }
}

export async function unarchiveSessions(sessionIds: readonly string[]): Promise<void> {
  try {
    for (const sessionId of sessionIds) await updateSession({ sessionId, archived: false });
  } catch (error) {
    explain("bring the session back", error);
  }
}

/** Removes the session's workspace, after saying what is kept. Commits that only other branches have want a second word. */
export async function archiveWork(sessionId: string): Promise<void> {
  const isAgreed = await confirmed({
    title: "Archive this session's work?",
    detail:
      "Its changes are kept as a branch and a patch, and its workspace is removed. Ignored files, such as installed packages, are not " +
      "kept. The next task restores the workspace.",
    action: "Archive work",
  });
  if (!isAgreed) return;
  try {
    await apiClient.session.archiveWork.mutate({ sessionId }).catch(async (error: unknown) => {
      if (!isApiError(error, "unpublished_work")) throw error;
      const isSure = await confirmed({
        title: "Some work would be lost",
        // Without what it tells programs to send.
        detail: error.message.replace(/;? to lose it: .*$/i, "."),
        action: "Archive and lose it",
      });
      if (isSure) await apiClient.session.archiveWork.mutate({ sessionId, discardWork: true });
    });
  } catch (error) {
    explain("archive the work", error);
  }
}

export async function restoreWork(sessionId: string): Promise<void> {
  try {
    await apiClient.session.restoreWork.mutate({ sessionId });
    showToast("Workspace restored");
  } catch (error) {
    explain("restore the workspace", error);
  }
}

/** Asks, from what the list knows of it. */
export function deleteListed(session: Session): Promise<void> {
  return deleteSession(session.id, {
    title: firstWords(revealHidden(session.title), 60),
    isRunning: isActive(statusOfSession(session)),
    wasPublished: false,
    isInPlace: session.workspaceKind === "in-place",
    changes: null,
  });
}

/** Deletes it after saying what would be lost with it. */
export async function deleteSession(sessionId: string, deletion: Deletion): Promise<void> {
  if (!(await confirmed(deleteQuestion(deletion)))) return;
  try {
    if (!(await deleted(sessionId))) return;
    void forgetDeleted(sessionId);
    leave(sessionId);
    showToast("Session deleted");
  } catch (error) {
    explain("delete the session", error);
  }
}

/** Where the server finds work that was published nowhere, it wants to be told twice. @returns whether it was deleted */
async function deleted(sessionId: string): Promise<boolean> {
  try {
    await apiClient.session.delete.mutate({ sessionId });
    return true;
  } catch (error) {
    if (!isApiError(error, "unpublished_work")) throw error;
    const isSure = await confirmed({
      title: "This work is published nowhere",
      // Without what it tells programs to send.
      detail: error.message.replace(/;? to lose it: .*$/i, "."),
      action: "Discard the work and delete",
    });
    if (isSure) await apiClient.session.delete.mutate({ sessionId, discardWork: true });
    return isSure;
  }
}
