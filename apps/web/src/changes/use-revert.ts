import { useQueryClient } from "@tanstack/react-query";
import type { ChangedFile } from "@trunkline/contract";
import { useTRPCClient } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { workspaceKey } from "../files/use-directory.ts";
import { isConnectionError } from "../network/network.ts";
import { activeTask } from "../session/session-facts.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { confirmed } from "../ui/confirmation.ts";
import { showToast } from "../ui/toasts.ts";
import { changesKey } from "./use-changes.ts";

/** What to revert: everything or one file to the start of the session, or everything to an event. */
export type Revert =
  | { kind: "start" }
  | { kind: "file"; file: Pick<ChangedFile, "path" | "oldPath" | "status"> }
  | { kind: "event"; seq: number };

/** Before the session's first checkpoint: its base. */
const START_SEQ = 0;
const CAN_BE_UNDONE = "The files as they are now are saved first, so you can go back to them.";

/** Restores files of a session after asking. A task that runs would write into it: nothing is offered meanwhile. */
export function useRevert(sessionId: string) {
  const client = useTRPCClient();
  const queries = useQueryClient();
  const isBlocked = useSessionState(({ view }) => activeTask(view) !== null);
  const revert = async (what: Revert): Promise<void> => {
    if (!(await confirmed(questionOf(what)))) return;
    try {
      await client.session.revert.mutate({
        sessionId,
        toSeq: what.kind === "event" ? what.seq : START_SEQ,
        ...(what.kind === "file" && { paths: pathsOf(what.file) }),
      });
      void reload(queries, changesKey(sessionId));
      void reload(queries, workspaceKey(sessionId));
    } catch (error) {
      const detail = isConnectionError(error) ? "You're offline." : (error as Error).message;
      showToast("Couldn't revert", { detail, level: "error" });
    }
  };
  return { revert, isBlocked };
}

const pathsOf = ({ path, oldPath }: Pick<ChangedFile, "path" | "oldPath">): string[] =>
  oldPath === undefined ? [path] : [path, oldPath];

function questionOf(what: Revert) {
  switch (what.kind) {
    case "start":
      return {
        title: "Revert all changes?",
        detail: `Every file goes back to how it was when the session started. ${CAN_BE_UNDONE}`,
        action: "Revert all changes",
      };
    case "file": {
      const name = revealHidden(what.file.path);
      const effect =
        what.file.status === "added"
          ? "It is deleted: it did not exist when the session started."
          : "It goes back to how it was when the session started.";
      return { title: `Revert ${name}?`, detail: `${effect} ${CAN_BE_UNDONE}`, action: "Revert file" };
    }
    case "event":
      return {
        title: "Revert the files to this point?",
        detail: `Every file goes back to how it was here; the conversation stays. ${CAN_BE_UNDONE}`,
        action: "Revert files",
      };
  }
}
