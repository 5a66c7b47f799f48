import type { Principal } from "../principal.ts";
import type { SessionRef } from "../session.ts";
import type { AllowHostInput, SessionNetwork } from "../session-network.ts";

/** Every method throws TrunklineError; `not_found` also if the session is somebody else's. */
export interface NetworkService {
  ofSession(principal: Principal, input: SessionRef): Promise<SessionNetwork>;
  /**
   * Resolves once it is committed; commands that run see it, too. Repeating it changes nothing.
   * @throws `validation_failed` if it is no host, or the session has no list; `forbidden` if the operator keeps it to admins
   */
  allowHost(principal: Principal, input: AllowHostInput): Promise<SessionNetwork>;
}
