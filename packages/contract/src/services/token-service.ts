import type { Principal } from "../principal.ts";
import type {
  CreatedToken,
  CreateTokenInput,
  ListTokensInput,
  Token,
  TokenPage,
  TokenRef,
} from "../token.ts";

/** Every method throws TrunklineError: `not_found` also where user or token are another's, unless for an admin. */
export interface TokenService {
  /** @throws `forbidden` where it would do more, or last longer, than the caller's own, or would be another user's */
  create(principal: Principal, input: CreateTokenInput): Promise<CreatedToken>;
  list(principal: Principal, input: ListTokensInput): Promise<TokenPage>;
  /** Ends the token, the browsers that were signed in with it, and all their live streams. Idempotent. */
  revoke(principal: Principal, input: TokenRef): Promise<Token>;
}
