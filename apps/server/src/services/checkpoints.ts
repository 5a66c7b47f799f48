import { type CheckpointService, type Principal, TrunklineError } from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { Checkpoints, FilesOfSession } from "../checkpoints/port.ts";
import type { Store } from "../store/port.ts";
import { filesOf as turnOf } from "../workspaces/port.ts";
import { requireWorkspace } from "./archive-work.ts";
import { inTurn } from "./in-turn.ts";
import { requireSession } from "./ownership.ts";
import { decodePageCursor, encodePageCursor } from "./page-cursor.ts";
import { withFilesOf } from "./session-files.ts";
import { toSession } from "./session-view.ts";

export function createCheckpointService(deps: {
  store: Store;
  checkpoints: Checkpoints;
  audit: Audit;
  dataDir: string;
}): CheckpointService {
  const { store, checkpoints, audit, dataDir } = deps;

  /** @throws TrunklineError `not_found`, or `cursor_invalid` for a seq past the end */
  async function filesOf(
    principal: Principal,
    sessionId: string,
    ...seqs: (number | undefined)[]
  ): Promise<FilesOfSession> {
    const session = await requireSession(store, principal, sessionId);
    const { ownerId, importedSeq, lastSeq } = session;
    const beyond = seqs.find((seq) => seq !== undefined && seq > lastSeq);
    if (beyond !== undefined) {
      throw new TrunklineError("cursor_invalid", `Event ${beyond}: this session has ${lastSeq} events`);
    }
    return { sessionId, ownerId, importedSeq, workspace: toSession(dataDir, session).workspace };
  }

  return {
    async checkpoints(principal, { sessionId, cursor, limit }) {
      const session = await filesOf(principal, sessionId);
      const before = cursor === undefined ? undefined : decodePageCursor(cursor).sort;
      const rows = await checkpoints.page(session, before, limit + 1);
      const items = rows.slice(0, limit);
      const last = rows.length > limit ? items.at(-1) : undefined;
      return { items, nextCursor: last === undefined ? null : encodePageCursor({ sort: last.seq, id: "" }) };
    },

    async changes(principal, { sessionId, fromSeq, toSeq }) {
      const session = await filesOf(principal, sessionId, fromSeq, toSeq);
      return withFilesOf(deps, principal, sessionId, async () =>
        checkpoints.changes(session, { fromSeq, toSeq }),
      );
    },

    async diff(principal, { sessionId, fromSeq, toSeq, path, oldPath }) {
      const session = await filesOf(principal, sessionId, fromSeq, toSeq);
      const paths = [oldPath, path].filter((name) => name !== undefined);
      return withFilesOf(deps, principal, sessionId, async () =>
        checkpoints.diff(session, { fromSeq, toSeq, paths }),
      );
    },

    async revert(principal, { sessionId, toSeq, paths }) {
      const session = await filesOf(principal, sessionId, toSeq);
      await withFilesOf(deps, principal, sessionId, async () =>
        inTurn(store, turnOf(sessionId), async () => {
          await requireWorkspace(store, await requireSession(store, principal, sessionId));
          await checkpoints.revert(session, { toSeq, paths, by: principal.name });
        }),
      );
      await audit.record({
        by: principal,
        action: "session.revert",
        target: sessionId,
        decision: "allowed",
        detail: String(toSeq),
      });
      return toSession(dataDir, await requireSession(store, principal, sessionId));
    },
  };
}
