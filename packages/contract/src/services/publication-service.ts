import type { Principal } from "../principal.ts";
import type { BringBackInput, Publication, Published, PublishInput } from "../publication.ts";
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
  /** The session's changes as a patch; changes nothing. */
  openPatch(principal: Principal, input: { sessionId: string }): Promise<WorkspaceDownload>;
}
