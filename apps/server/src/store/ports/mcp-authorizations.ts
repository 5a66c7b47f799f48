import type { AuditRecord } from "./audit.ts";

/** Which server, and whose authorization. */
export interface McpAuthorizationKey {
  serverId: string;
  userId: string;
}

export interface StoredMcpAuthorization extends McpAuthorizationKey {
  /** Tokens, encrypted; null: none, or no longer. */
  sealed: string | null;
  /** Until when some node renews the tokens; ms since the epoch. */
  refreshingUntil: number | null;
}

/** What users authorized MCP servers to, and what they are about to. They belong to no session's log. */
export interface McpAuthorizationStore {
  find(key: McpAuthorizationKey): Promise<StoredMcpAuthorization | undefined>;
  /** Of all users. */
  ofServer(serverId: string): Promise<StoredMcpAuthorization[]>;
  /** Stores what is needed to finish, in place of an earlier one's. @param pending.hash of its state */
  begin(
    key: McpAuthorizationKey,
    pending: { sealed: string; hash: string; until: number },
    audit: AuditRecord,
  ): Promise<void>;
  /**
   * Takes what `begin` stored, once.
   * @returns undefined if this user has none of that state that holds at `now`.
   */
  take(wanted: {
    userId: string;
    hash: string;
    now: number;
  }): Promise<{ serverId: string; sealed: string } | undefined>;
  /** Stores tokens, or that there are none any more. @throws GuardFailedError if the server was removed meanwhile. */
  put(key: McpAuthorizationKey, sealed: string | null, at: number, audit: AuditRecord): Promise<void>;
  /**
   * The same after a renewal, which is then over.
   * @param change.before what was renewed. @throws GuardFailedError if it is not stored any more.
   */
  renewed(key: McpAuthorizationKey, change: { before: string; sealed: string | null }): Promise<void>;
  /** @returns whether it is the caller's to renew the tokens until then: of all nodes, one at a time may. */
  claim(key: McpAuthorizationKey, times: { now: number; until: number }): Promise<boolean>;
  /** Gives that back where nothing came of it. */
  unclaim(key: McpAuthorizationKey): Promise<void>;
}
