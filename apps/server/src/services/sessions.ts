import {
  type EventBatch,
  type Principal,
  SESSION_DETAIL_APPROVALS,
  type SessionService,
  type SubscribeInput,
  TrunklineError,
} from "@trunkline/contract";
import type { Activity } from "../activity/port.ts";
import type { Approvals } from "../approvals/port.ts";
import type { Audit } from "../audit/port.ts";
import type { ModelRegistry } from "../agent/port.ts";
import type { Hub } from "../hub/port.ts";
import type { Log } from "../log/port.ts";
import type { Runner } from "../runner/port.ts";
import type { Store } from "../store/port.ts";
import { deleteSession } from "./delete-session.ts";
import { exportSession } from "./export-session.ts";
import { importSession } from "./import-session.ts";
import { forkSession } from "./fork-session.ts";
import { newSession, UNTITLED } from "./new-session.ts";
import { requireSession, requireSessionAccess } from "./ownership.ts";
import { decodePageCursor, toPage } from "./page-cursor.ts";
import { selectListedSessions, toSession } from "./session-query.ts";
import { readDetailTasks } from "./task-query.ts";

export interface SessionServiceDeps {
  store: Store;
  log: Log;
  hub: Hub;
  activity: Activity;
  runner: Runner;
  approvals: Approvals;
  models: ModelRegistry;
  audit: Audit;
  workspacesDir: string;
  /** Copies all that is in a session's directory to where nothing is yet. */
  copyWorkspace: (from: string, to: string) => Promise<void>;
  now: () => number;
}

export function createSessionService(deps: SessionServiceDeps): SessionService {
  const { store, log, models, workspacesDir, now } = deps;

  async function* subscribe(
    principal: Principal,
    { sessionId, lastEventId }: SubscribeInput,
    signal: AbortSignal,
  ): AsyncGenerator<EventBatch, void> {
    const after = lastEventId ?? 0;
    const lastSeq = await requireSessionAccess(store.db, principal, sessionId);
    if (after > lastSeq) {
      throw new TrunklineError(
        "cursor_invalid",
        `lastEventId ${after} is past the end of this session (${lastSeq}); start again without it`,
      );
    }
    yield* log.follow(sessionId, after, signal);
  }

  return {
    async create(principal, input) {
      if (input.model !== undefined) models.resolve(input.model);
      const session = newSession(store.db, {
        ownerId: principal.userId,
        title: input.title ?? UNTITLED,
        model: input.model ?? null,
        workspacesDir,
        now: now(),
      });
      await log.append({ sessionId: session.id, events: [session.event], writes: [session.write] });
      return requireSession(store.db, principal, session.id);
    },

    async get(principal, { sessionId }) {
      const session = await requireSession(store.db, principal, sessionId);
      const tasks = await readDetailTasks(store.db, sessionId);
      const approvals =
        session.status === "input-required"
          ? await deps.approvals.listOpen({
              ownerId: principal.userId,
              sessionId,
              limit: SESSION_DETAIL_APPROVALS,
            })
          : [];
      return { session, tasks, approvals, lastSeq: session.lastSeq };
    },

    async list(principal, { query: text, archived, cursor, limit }) {
      const rows = await selectListedSessions(store.db, {
        ownerId: principal.userId,
        archived,
        text,
        after: cursor === undefined ? undefined : decodePageCursor(cursor),
        limit: limit + 1,
      }).execute();
      return toPage(rows, limit, toSession, ({ updatedAt }) => updatedAt);
    },

    async events(principal, { sessionId, after, before, limit }) {
      await requireSessionAccess(store.db, principal, sessionId);
      return log.read(sessionId, { after, before, limit });
    },

    async update(principal, { sessionId, title, model, archived }) {
      await requireSessionAccess(store.db, principal, sessionId);
      if (model !== undefined && model !== null) models.resolve(model);
      const { sql: text, parameters } = store.db
        .updateTable("sessions")
        .set({
          ...(title === undefined ? {} : { title }),
          ...(model === undefined ? {} : { model }),
          ...(archived === undefined ? {} : { archived_at: archived ? now() : null }),
          updated_at: now(),
        })
        .where("id", "=", sessionId)
        .compile();
      await log.append({
        sessionId,
        events: [{ taskId: null, type: "session.updated", data: { title, model, archived } }],
        writes: [{ sql: text, parameters, expectRows: 1 }],
      });
      return requireSession(store.db, principal, sessionId);
    },

    fork: async (principal, input) => forkSession(deps, principal, input),

    delete: async (principal, { sessionId }) => deleteSession(deps, principal, sessionId),

    export: async (principal, { sessionId }) => exportSession(deps, principal, sessionId),

    import: async (principal, input) => importSession(deps, principal, input),

    subscribe,
  };
}
