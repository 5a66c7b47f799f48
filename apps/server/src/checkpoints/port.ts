import { join } from "node:path";
import type { Changes, CheckpointPage, EventBody, FileDiff, ToolKind } from "@trunkline/contract";
import type { ToolEffect } from "@trunkline/contract";

/** The files of one attempt of a task. Each method resolves with events to record, none where nothing differs. */
export interface RunFiles {
  /**
   * Comes before the attempt first looks at files: completes a revert that was cut off, and saves what an earlier attempt
   * had written.
   */
  begin(): Promise<EventBody[]>;
  /** A call that may write is about to start. */
  willWrite(): Promise<EventBody[]>;
  /** Saves what calls have written since the last time; costs nothing if none could. */
  save(cause: "step" | "end"): Promise<EventBody[]>;
}

/** Whose files. */
export interface FilesOfSession {
  sessionId: string;
  ownerId: string;
  /** Absolute path of its workspace. */
  workspace: string;
  /** Up to this event its log was imported, without files; 0: none of it. */
  importedSeq: number;
}

/** What may be restored; all of it where paths are absent. */
export interface RevertRequest {
  toSeq: number;
  paths?: readonly string[] | undefined;
  /** Name of the principal who asked. */
  by: string;
}

/** Saves the files of workspaces, compares and restores them, whatever wrote them. */
export interface Checkpoints {
  /** @param attempt of its task, from 1 */
  ofRun(session: FilesOfSession, attempt: number): RunFiles;
  /** Newest first. @param before only earlier than this event. */
  page(session: FilesOfSession, before: number | undefined, limit: number): Promise<CheckpointPage["items"]>;
  changes(session: FilesOfSession, range: SeqRange): Promise<Changes>;
  diff(session: FilesOfSession, range: SeqRange & { paths: readonly string[] }): Promise<FileDiff>;
  /**
   * Compares what a commit would publish with what `changes` and `diff` show.
   * @param changed `MODE HASH PATH` of each path that it changes, each with NUL; zeros where it is gone
   * @returns paths that it has otherwise than the newest checkpoint; none where no checkpoint is kept. Of those, what is in the
   * workspace is saved: it is shown from then on
   */
  unshown(session: FilesOfSession, changed: Uint8Array): Promise<string[]>;
  /** Saves what tasks have written that ended without a checkpoint; nothing while one runs. */
  settle(session: FilesOfSession): Promise<void>;
  /** @throws TrunklineError `session_busy` */
  revert(session: FilesOfSession, request: RevertRequest): Promise<void>;
  /**
   * Gives a new session, which nobody can see yet, the files as they were after an event, and the checkpoints.
   * @param target absolute path of its workspace, which does not exist yet.
   */
  fork(parent: FilesOfSession, fork: { sessionId: string; workspace: string; atSeq: number }): Promise<void>;
  /** Of a session that is gone. */
  remove(sessionId: string): Promise<void>;
}

/** Where a session's checkpoints are, below the directory that all nodes share. */
export function checkpointsDirectory(sharedDir: string, sessionId: string): string {
  return join(sharedDir, "checkpoints", sessionId);
}

export interface SeqRange {
  fromSeq?: number | undefined;
  toSeq?: number | undefined;
}

const ONLY_READS: ReadonlySet<ToolKind> = new Set<ToolKind>(["read", "search", "fetch", "think"]);

/** Whether a call can change files; unknown ones can. */
export function mayWrite(tool: { kind?: ToolKind | undefined; effects?: readonly ToolEffect[] }): boolean {
  const { kind, effects = [] } = tool;
  if (effects.includes("changes-workspace") || effects.includes("writes-outside")) return true;
  return kind === undefined || !ONLY_READS.has(kind);
}
