import type { Principal } from "../principal.ts";
import type {
  CreatedToken,
  CreateTokenInput,
  ListTokensInput,
  Token,
  TokenPage,
  TokenRef,
} from "../token.ts";

/** Every method throws TrunklineError; `not_found` also if user or token are somebody else's, except for admins. */
export interface TokenService {
  /** @throws `forbidden` for more rights or a later expiry than the caller's own token, or for another user */
  create(principal: Principal, input: CreateTokenInput): Promise<CreatedToken>;
  list(principal: Principal, input: ListTokensInput): Promise<TokenPage>;
  /** Revokes the token, and ends its browser sessions and live streams. Idempotent. */
  revoke(principal: Principal, input: TokenRef): Promise<Token>;
}
