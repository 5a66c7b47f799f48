import type { EventBody, EventDataOf, SessionEvent } from "@trunkline/contract";
import type { EventStore, StoredSession } from "../store/port.ts";

/** What a clone starts from, fetched a moment ago. */
export interface Base {
  /** Absolute path of the project's mirror, which only this server writes. */
  mirror: string;
  commit: string;
  /** Branch, tag or commit by which it was found. */
  ref: string;
  /** Where the project comes from, without credentials. */
  origin: string;
  fetched: EventDataOf<"project.fetched">;
}

export interface BaseRequest {
  projectId: string;
  /** Whose session it is. */
  ownerId: string;
  /** Null: the project's. */
  baseRef: string | null;
  includeUncommitted: boolean;
  signal: AbortSignal;
}

/** Fetches a project, and finds what to start from. @throws TrunklineError, or the reason of the signal */
export type FetchBase = (request: BaseRequest) => Promise<Base>;

/** The directory that a project names, if the operator still offers it. @throws TrunklineError */
export type FindDirectory = (project: { projectId: string; ownerId: string }) => Promise<string>;

/** One attempt of a task in a session. */
export interface PreparingRun {
  sessionId: string;
  ownerId: string;
  taskId: string;
  signal: AbortSignal;
  /** Appends to the session's log, fenced by the attempt. */
  record: (events: readonly EventBody[]) => Promise<unknown>;
}

export interface Workspaces {
  /**
   * Makes the session's workspace what the session was created with, unless that is done. Called before anything of the
   * session runs, by each attempt. What a killed attempt had prepared half is not used.
   * @returns its absolute path; without a project there may be nothing yet.
   * @throws TrunklineError `workspace_busy`, `workspace_failed`, what fetching throws; or the reason of the signal
   */
  prepare(run: PreparingRun): Promise<string>;
  /**
   * Removes the workspace of a session whose work is archived; nothing where it has come back meanwhile. In a turn of the
   * session's files.
   */
  release(session: Pick<PreparingRun, "sessionId" | "ownerId">): Promise<void>;
  /** Brings the workspace of a session back, if its work is archived; takes the turn itself. @throws as `prepare` */
  restore(run: Omit<PreparingRun, "taskId">): Promise<void>;
}

/** Name of the turn in which a session's files come, go, or are taken as a whole. */
export function filesOf(sessionId: string): string {
  return `files ${sessionId}`;
}

export type ArchivedEvent = Extract<SessionEvent, { type: "workspace.archived" }>;

/** @returns the archived work of a session that has no workspace now; its own, not its parent's */
export async function archivedWork(
  events: Pick<EventStore, "last">,
  { id, forkedAtSeq, importedSeq }: Pick<StoredSession, "id" | "forkedAtSeq" | "importedSeq">,
): Promise<ArchivedEvent | null> {
  const last = await events.last(id, ["workspace.archived", "workspace.prepared"]);
  if (last?.type !== "workspace.archived") return null;
  return last.seq > Math.max(forkedAtSeq ?? 0, importedSeq) ? last : null;
}

/** Directories outside a session's workspace that what runs in it must be able to read. */
export type BorrowedBy = (sessionId: string) => Promise<string[]>;

/** What would be lost with a workspace. */
export interface UnpublishedWork {
  /** Files with changes that no commit has; new ones included, ignored ones not. */
  files: { total: number; first: string[] };
  /** Commits of any branch, tag or stash. */
  commits: { total: number; first: string[] };
  /** Why nobody can tell; then everything may be lost. */
  unknown: string | null;
}

/**
 * Paths in a workspace that its `.gitignore` files ignore and nobody tracks, relative to it; a directory stands for all that
 * is in it. @throws TrunklineError `validation_failed` where git can't tell
 */
export type FindIgnored = (workspace: string) => Promise<ReadonlySet<string>>;

/** @returns null if nothing would be lost */
export type FindUnpublishedWork = (clone: {
  sessionId: string;
  projectId: string;
  /** What it started from, as the session's log has it. */
  baseCommit: string;
  /** Commits that were published, as the log has them. */
  published: readonly string[];
}) => Promise<UnpublishedWork | null>;
