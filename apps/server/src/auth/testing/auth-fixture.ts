import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { v7 as uuidv7 } from "uuid";
import { noHints } from "../../hints/no-hints.ts";
import type { AuditRecord, Store } from "../../store/port.ts";
import { openSqliteStore } from "../../store/sqlite/sqlite-store.ts";
import { createAudit } from "../../audit/audit.ts";
import { createAuth } from "../auth.ts";
import type { Audit } from "../../audit/port.ts";
import type { Auth } from "../port.ts";

export interface AuthFixture extends AsyncDisposable {
  store: Store;
  dataDir: string;
  auth: Auth;
  audit: Audit;
  clock: { now: number };
  /** Starts again on the same files; `auth` stays what it was. */
  restart(): Promise<Auth>;
}

/** Auth on a real store in its own directory; time stands still unless the test moves it. */
export async function openAuthFixture(): Promise<AuthFixture> {
  const dataDir = await mkdtemp(join(tmpdir(), "trunkline-auth-"));
  const clock = { now: Date.now() };
  const now = () => clock.now;
  const store = await openSqliteStore({
    path: join(dataDir, "trunkline.db"),
    now,
    onFatal(error) {
      throw error;
    },
  });
  const logger = pino({ level: "silent" });
  const audit = createAudit({ store, logger, now });
  const restart = async () => createAuth({ store, audit, dataDir, hints: noHints, logger, now });
  return {
    store,
    dataDir,
    auth: await restart(),
    audit,
    clock,
    restart,
    async [Symbol.asyncDispose]() {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function revokeTokens(store: Store, now: number, kind: "api" | "browser"): Promise<void> {
  const audit: AuditRecord = {
    id: uuidv7(),
    at: now,
    userId: null,
    userName: null,
    tokenId: null,
    action: "token.revoke",
    target: null,
    decision: "allowed",
    detail: null,
    address: null,
    count: 1,
  };
  for (const token of await store.tokens.page({ limit: 100 })) {
    if (token.kind === kind) await store.tokens.revoke(token.id, now, { ...audit, id: uuidv7() });
  }
}
