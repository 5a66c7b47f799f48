import type { Services } from "@trunkline/contract";
import { createShareService, type ShareServiceDeps } from "../services/shares.ts";
import { withSharedReading } from "../services/shared-session.ts";

/** Links to sessions, and the sessions as they are read by them. */
export function composeSharing(
  sessions: Services["sessions"],
  deps: ShareServiceDeps,
): Pick<Services, "sessions" | "shares"> {
  return { sessions: withSharedReading(sessions), shares: createShareService(deps) };
}
