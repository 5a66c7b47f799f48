import type { Principal } from "../principal.ts";
import type {
  ArchivedWork,
  ArchiveWorkInput,
  BringBackInput,
  Publication,
  Published,
  PublishInput,
} from "../publication.ts";
import type { Session, SessionRef } from "../session.ts";
import type { SubmitTaskOutput } from "../task.ts";
import type { WorkspaceDownload } from "./workspace-service.ts";

/** Every method throws TrunklineError; `not_found` also if the session is somebody else's. */
export interface PublicationService {
  /** Can be repeated: what is done already is not done again. */
  publish(principal: Principal, input: PublishInput): Promise<Published>;
  /** Asks the forge: request, checks and comments. */
  publication(principal: Principal, input: { sessionId: string }): Promise<Publication>;
  /** Submits the feedback as a task. @throws `feedback_changed` if there is other feedback by now. */
  bringBack(principal: Principal, input: BringBackInput): Promise<SubmitTaskOutput>;
  /**
   * Keeps the session's work as a branch of its private repository, from which a patch can be downloaded, and removes the
   * workspace. Can be repeated. @throws `session_busy`, or `unpublished_work` without `discardWork`
   */
  archiveWork(principal: Principal, input: ArchiveWorkInput): Promise<ArchivedWork>;
  /** Brings an archived workspace back, as the next task or a fork would. Does nothing where there is one. */
  restoreWork(principal: Principal, input: SessionRef): Promise<Session>;
  /** The session's changes as a patch; changes nothing. */
  openPatch(principal: Principal, input: { sessionId: string }): Promise<WorkspaceDownload>;
}
