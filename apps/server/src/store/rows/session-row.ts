import { type EventBody, isPiece, type SessionParent, type WorkspaceKind } from "@trunkline/contract";
import { workspacePath } from "../workspace-path.ts";
import { change, isBeingBuilt, type Reducer, type RowChange } from "./row-change.ts";

type Update = Extract<RowChange, { table: "sessions"; type: "update" }>["set"];

/** Whether the session counts as updated: pieces of a block don't, so a token costs no update of the list's index. */
export function touchesSession(events: readonly EventBody[]): boolean {
  return events.some((event) => !isPiece(event));
}

/**
 * The session's row. The engine raises `last_seq` and `updated_at` once per commit; values set here take precedence.
 */
export const reduceSession: Reducer = (event, rows, { ownerId, reveals }) => {
  const { sessionId: id, at, data, type } = event;
  const row = rows.session();
  const set = (values: Update): RowChange[] => [change.update("sessions", id, values)];
  switch (type) {
    case "session.created": {
      const { title, model, effort = null, agent = "default" } = data;
      // A document starts with it, too, but its session already exists.
      if (row !== undefined) return set({ title, model, effort, agent });
      if (ownerId === undefined) throw new Error(`nobody owns the new session ${id}`);
      const created = newSessionRow({ id, ownerId, at, title, model, agent });
      return [
        change.insert("sessions", {
          ...created,
          effort,
          ...chosenWorkspace(data),
          ...subagentOf(data.parent, data.workspace),
        }),
      ];
    }
    case "session.updated": {
      const { title, model, effort, agent, archived } = data;
      return set({
        ...(title === undefined ? {} : { title }),
        ...(model === undefined ? {} : { model }),
        ...(agent === undefined ? {} : { agent }),
        ...(effort === undefined ? {} : { effort }),
        ...(archived === undefined ? {} : { archived_at: archived ? at : null }),
      });
    }
    case "session.forked": {
      const { parentId, atSeq, title, model, effort = null, agent, importedSeq = 0 } = data;
      return set({
        parent_id: parentId,
        forked_at_seq: atSeq,
        imported_seq: Math.min(importedSeq, atSeq),
        next_pos: 1,
        created_at: at,
        effort,
        ...chosenWorkspace(data),
        ...(reveals ? { deleted_at: null } : {}),
        ...(title === undefined ? {} : { title }),
        ...(model === undefined ? {} : { model }),
        ...(agent === undefined ? {} : { agent }),
      });
    }
    case "session.imported": {
      const { title, agent, model, createdAt, updatedAt } = data;
      return set({
        title,
        agent,
        model,
        parent_id: null,
        forked_at_seq: null,
        imported_seq: event.seq - 1,
        created_at: createdAt,
        updated_at: updatedAt,
        archived_at: null,
        // A document may name a project of somebody's, and any directory.
        workspace: workspacePath(id),
        ...chosenWorkspace({}),
        ...(reveals ? { deleted_at: null } : {}),
      });
    }
    case "workspace.prepared": {
      // Part of a document or of a parent's log it says nothing about this session, whatever that names before.
      if (row === undefined || isBeingBuilt(rows)) return [];
      if (row.project_id === null || row.project_id !== data.projectId) return [];
      const { kind, directory, baseRef, branch } = data;
      return set({
        workspace_kind: kind,
        ...(directory === undefined ? {} : { workspace: directory }),
        ...(baseRef === undefined ? {} : { base_ref: baseRef }),
        ...(branch === undefined ? {} : { branch }),
      });
    }
    case "task.submitted":
      return row === undefined || data.whenBusy === "interrupt" ? [] : set({ next_pos: row.next_pos + 1 });
    case "task.updated": {
      const staysInPlace = data.beforeTaskId === undefined && data.steers === undefined;
      return row === undefined || staysInPlace ? [] : set({ next_pos: row.next_pos + 1 });
    }
    default:
      return [];
  }
};

/** A subagent works where its parent does. */
function subagentOf(parent: SessionParent | undefined, workspace: string | undefined) {
  if (parent === undefined) return {};
  return {
    parent_session_id: parent.sessionId,
    parent_task_id: parent.taskId,
    root_session_id: parent.rootSessionId,
    root_task_id: parent.rootTaskId,
    ...(workspace === undefined ? {} : { workspace }),
  };
}

function chosenWorkspace({
  projectId = null,
  baseRef = null,
  branch = null,
  workspaceKind = "fresh",
}: {
  projectId?: string | null;
  baseRef?: string | null;
  branch?: string | null;
  workspaceKind?: WorkspaceKind;
}) {
  return { project_id: projectId, base_ref: baseRef, branch, workspace_kind: workspaceKind };
}

/** A session without a log. @param at integer ms since the epoch. */
export function newSessionRow(given: {
  id: string;
  ownerId: string;
  at: number;
  title: string;
  model: string | null;
  agent: string;
}) {
  const { id, ownerId, at, title, model, agent } = given;
  return {
    id,
    owner_id: ownerId,
    title,
    agent,
    model,
    workspace: workspacePath(id),
    parent_session_id: null,
    parent_task_id: null,
    root_session_id: null,
    root_task_id: null,
    parent_id: null,
    forked_at_seq: null,
    last_seq: 0,
    next_pos: 1,
    imported_seq: 0,
    created_at: at,
    updated_at: at,
    archived_at: null,
    import_key: null,
    deleted_at: null,
    hidden_by: null,
    effort: null,
    ...chosenWorkspace({}),
  };
}
