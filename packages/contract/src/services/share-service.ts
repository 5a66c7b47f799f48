import type { Principal } from "../principal.ts";
import type {
  CreatedShare,
  CreateShareInput,
  ListSharesInput,
  Share,
  ShareList,
  ShareRef,
} from "../share.ts";

/** Every method throws TrunklineError; `not_found` also if the session is somebody else's. */
export interface ShareService {
  /** @throws `validation_failed` beyond `MAX_SESSION_SHARES`, or with an expiry in the past */
  create(principal: Principal, input: CreateShareInput): Promise<CreatedShare>;
  list(principal: Principal, input: ListSharesInput): Promise<ShareList>;
  /** The link opens nothing from then on, and who reads by it is cut off. @returns the link as it was */
  revoke(principal: Principal, input: ShareRef): Promise<Share>;
}
