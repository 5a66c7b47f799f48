import type { Principal } from "../principal.ts";
import type { ListWorkspaceInput, ReadWorkspaceInput, WorkspacePage, WorkspaceText } from "../workspace.ts";

/** A file to download. */
export interface WorkspaceDownload {
  /** For the one who saves it, without directories. */
  name: string;
  /** Its size; null if nobody knows before it has been sent. */
  bytes: number | null;
  /** Read it to the end or return early: either closes what is open. */
  content: AsyncIterable<Uint8Array>;
}

/**
 * The files of a session, as they are at the moment. Every method throws TrunklineError; `not_found` also if the
 * session is somebody else's, and `validation_failed` for paths that lead out of the workspace.
 */
export interface WorkspaceService {
  /** One page of one directory. */
  list(principal: Principal, input: ListWorkspaceInput): Promise<WorkspacePage>;
  read(principal: Principal, input: ReadWorkspaceInput): Promise<WorkspaceText>;
  /** A file as it is, opened when this resolves. */
  openFile(principal: Principal, input: { sessionId: string; path: string }): Promise<WorkspaceDownload>;
  /** The workspace as a gzipped tar, made while it is read. Links are kept as links. */
  openArchive(principal: Principal, input: ArchiveInput): Promise<WorkspaceDownload>;
}

export interface ArchiveInput {
  sessionId: string;
  /** Whether to include `.git`. */
  git: boolean;
  /** Whether to include what `.gitignore` files ignore and nobody tracks. */
  ignored: boolean;
}
