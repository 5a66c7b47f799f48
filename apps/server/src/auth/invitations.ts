import { type Principal, SCOPES } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { Audit } from "../audit/port.ts";
import { GuardFailedError, type Store, type StoredInvitation } from "../store/port.ts";
import type { FirstToken, Invited, NewInvitation } from "./port.ts";
import type { RevocationLedger } from "./revocation-ledger.ts";
import { hashSecret, newCode, newSecret } from "./secret.ts";

const INVITATION_LIFETIME_MS = 7 * 24 * 60 * 60 * 1_000;

/** Name of the first token. */
const FIRST_TOKEN = "first token";

/** For the user only; the code itself is not stored. */
interface MadeInvitation {
  code: string;
  expiresAt: number;
}

/**
 * How a new user gets a first token that nobody else has: an admin creates a one-time code, and whoever redeems it is
 * the only one who ever gets in that way. An admin who redeems it locks the user out, who notices; and gains nothing,
 * because a user without a token has no sessions.
 */
export class Invitations {
  readonly #store: Store;
  readonly #audit: Audit;
  readonly #ledger: RevocationLedger;
  readonly #now: () => number;

  constructor(options: { store: Store; audit: Audit; ledger: RevocationLedger; now: () => number }) {
    this.#store = options.store;
    this.#audit = options.audit;
    this.#ledger = options.ledger;
    this.#now = options.now;
  }

  async hasJoined(userId: string): Promise<boolean> {
    return this.#store.invitations.hasJoined(userId);
  }

  /** @throws GuardFailedError if the user was removed, or has joined */
  async create(invitation: NewInvitation): Promise<MadeInvitation> {
    return this.#put({ ...invitation, isRecovery: false });
  }

  /** @throws Error if there is no such user */
  async createAgain(userName: string): Promise<MadeInvitation> {
    const user = await this.#store.users.findByName(userName);
    if (user === undefined || user.removedAt !== null) {
      throw new Error(`TRUNKLINE_RECOVER_USER: no user '${userName}', or it was removed`);
    }
    // The user's previous scope.
    const tokens = await this.#store.tokens.page({ userId: user.id, limit: 1_000 });
    const scope =
      SCOPES.findLast((candidate) => tokens.some((token) => token.scope === candidate)) ?? "write";
    return this.#put({ userId: user.id, scope, by: null, isRecovery: true });
  }

  /** @returns whom the code is for, without using it up; null if it is used, expired or made up */
  async find(code: string): Promise<Invited | null> {
    const known = await this.#known(code);
    return known === undefined ? null : { userId: known.userId, name: known.userName };
  }

  /** Redeems the code for a token. @returns null if the code is not valid */
  async redeem(code: string, address?: string): Promise<FirstToken | null> {
    const invitation = await this.#known(code);
    if (invitation === undefined) return null;
    const { userId, userName: name, scope } = invitation;
    const at = this.#now();
    const secret = newSecret();
    const token = {
      id: uuidv7(),
      userId,
      name: FIRST_TOKEN,
      kind: "api",
      scope,
      parentId: null,
      hash: hashSecret(secret),
      createdAt: at,
      expiresAt: null,
    } as const;
    const by: Principal = { userId, name, scopes: [], tokenId: token.id, ...(address && { address }) };
    const entry = this.#audit.entry({ by, action: "user.join", target: userId, decision: "allowed" });
    // A restored backup must not make the code valid again.
    await this.#ledger.add({ tokenHash: invitation.hash, at });
    try {
      await this.#store.invitations.redeem(invitation, token, entry);
    } catch (error) {
      if (error instanceof GuardFailedError) return null;
      throw error;
    }
    return { userId, name, scope, tokenId: token.id, secret };
  }

  async #known(code: string): Promise<StoredInvitation | undefined> {
    const known = await this.#store.invitations.findByHash(hashSecret(code));
    return known !== undefined && this.#now() < known.expiresAt ? known : undefined;
  }

  async #put(invited: Pick<StoredInvitation, "userId" | "scope" | "isRecovery"> & { by: Principal | null }) {
    const { by, userId, scope, isRecovery } = invited;
    const code = newCode();
    const createdAt = this.#now();
    const expiresAt = createdAt + INVITATION_LIFETIME_MS;
    const entry = this.#audit.entry({
      by,
      action: isRecovery ? "user.recover" : "user.invite",
      target: userId,
      decision: "allowed",
      detail: scope,
    });
    const hash = hashSecret(code);
    await this.#store.invitations.put({ userId, scope, hash, createdAt, expiresAt, isRecovery }, entry);
    return { code, expiresAt };
  }
}
