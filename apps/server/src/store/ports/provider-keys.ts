import type { AuditRecord } from "./audit.ts";

/** Users' own keys for providers of models, encrypted with a key that the store does not have. */
export interface ProviderKeyStore {
  find(userId: string, provider: string): Promise<string | undefined>;
  providersOf(userId: string): Promise<string[]>;
  /** Replaces the earlier one. */
  put(
    key: { userId: string; provider: string; sealed: string; updatedAt: number },
    audit: AuditRecord,
  ): Promise<void>;
  remove(userId: string, provider: string, audit: AuditRecord): Promise<void>;
}
