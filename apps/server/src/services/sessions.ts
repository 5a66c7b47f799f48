import {
  type EventBatch,
  type ImportSessionInput,
  type Principal,
  SESSION_DETAIL_APPROVALS,
  SESSION_DETAIL_QUESTIONS,
  type SessionService,
  type SubscribeInput,
  TrunklineError,
} from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { AgentRegistry, ModelRegistry } from "../agent/port.ts";
import type { Checkpoints } from "../checkpoints/port.ts";
import type { Compute } from "../compute/port.ts";
import type { Announcer } from "../hints/port.ts";
import type { Log } from "../log/port.ts";
import type { Runner } from "../runner/port.ts";
import type { RedactEvent } from "../secrets/port.ts";
import type { Store } from "../store/port.ts";
import type { FindUnpublishedWork, Workspaces } from "../workspaces/port.ts";
import { chooseWorkspace } from "./choose-workspace.ts";
import { deleteSession } from "./delete-session.ts";
import { exportSession, exportStream } from "./export-session.ts";
import { importSession } from "./import-session.ts";
import type { ImportSpool } from "./import/import-spool.ts";
import { forkSession } from "./fork-session.ts";
import { newSession, UNTITLED } from "./new-session.ts";
import { requireSession, requireSessionAccess, unlessGone } from "./ownership.ts";
import { decodePageCursor, toPage } from "./page-cursor.ts";
import { fileSlots, withFilesOf } from "./session-files.ts";
import { toSession } from "./session-view.ts";
import { toTask } from "./task-view.ts";

export interface SessionServiceDeps {
  store: Store;
  log: Log;
  announcer: Announcer;
  runner: Runner;
  /** Called for a session that is hidden and can't be removed now, to try again later. */
  noteLeft?: (sessionId: string) => void;
  models: ModelRegistry;
  agents: AgentRegistry;
  audit: Audit;
  dataDir: string;
  checkpoints: Checkpoints;
  findUnpublishedWork: FindUnpublishedWork;
  /** Absent: no session works in a project. */
  workspaces?: Pick<Workspaces, "restore">;
  compute: Compute;
  spool: ImportSpool;
  redact: RedactEvent;
  /** Throws where this user's may take no more of the disk. */
  requireRoom: (userId: string) => void;
  now: () => number;
  /** Of this node. */
  nodeId: string;
}

export function createSessionService(deps: SessionServiceDeps): SessionService {
  const { store, log, models, agents, dataDir } = deps;

  const read = async (principal: Principal, sessionId: string) =>
    toSession(dataDir, await requireSession(store, principal, sessionId));

  async function* subscribe(
    principal: Principal,
    { sessionId, lastEventId }: SubscribeInput,
    signal: AbortSignal,
  ): AsyncGenerator<EventBatch, void> {
    const after = lastEventId ?? 0;
    const lastSeq = await requireSessionAccess(store, principal, sessionId);
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
      if (input.agent !== undefined) agents.resolve(input.agent);
      const workspace = await chooseWorkspace(store, principal, input);
      const { id, event } = newSession({
        title: input.title ?? UNTITLED,
        isTitleGiven: input.title !== undefined,
        model: input.model ?? null,
        agent: input.agent,
        effort: input.effort,
        workspace,
      });
      await log.append(id, [event], { ownerId: principal.userId });
      return read(principal, id);
    },

    async get(principal, { sessionId }) {
      const session = await read(principal, sessionId);
      const tasks = await store.tasks.ofDetail(sessionId);
      const open = { ownerId: principal.userId, sessionId };
      // With those of its subagents, which it waits for.
      const waits = session.currentTask?.state === "input-required";
      const none = { items: [] };
      const approvals = waits
        ? await store.approvals.open({ ...open, limit: SESSION_DETAIL_APPROVALS })
        : none;
      const questions = waits
        ? await store.questions.open({ ...open, limit: SESSION_DETAIL_QUESTIONS })
        : none;
      return {
        session,
        tasks: tasks.map(toTask),
        approvals: approvals.items,
        questions: questions.items,
        lastSeq: session.lastSeq,
      };
    },

    async list(principal, { query: text, archived, parentSessionId, cursor, limit }) {
      const sessions = await store.sessions.page({
        ownerId: principal.userId,
        archived,
        ...(text !== undefined && { text }),
        ...(parentSessionId !== undefined && { parentSessionId }),
        ...(cursor !== undefined && { after: decodePageCursor(cursor) }),
        limit: limit + 1,
      });
      return toPage(
        sessions,
        limit,
        (session) => toSession(dataDir, session),
        ({ updatedAt }) => updatedAt,
      );
    },

    async events(principal, { sessionId, after, before, limit }) {
      await requireSessionAccess(store, principal, sessionId);
      return log.read(sessionId, { after, before, limit });
    },

    async update(principal, { sessionId, title, model, effort, agent, archived }) {
      await requireSessionAccess(store, principal, sessionId);
      if (model !== undefined && model !== null) models.resolve(model);
      if (agent !== undefined) agents.resolve(agent);
      const data = { title, model, effort, agent, archived };
      const updated = { taskId: null, type: "session.updated", data } as const;
      try {
        await log.append(sessionId, [updated], { expect: { ownerId: principal.userId } });
      } catch (error) {
        throw unlessGone(error, sessionId);
      }
      return read(principal, sessionId);
    },

    fork: async (principal, input) =>
      withFilesOf(deps, principal, input.sessionId, async () => forkSession(deps, principal, input)),

    async delete(principal, input) {
      using _slot = await fileSlots.take(principal.userId);
      return await deleteSession(deps, principal, input);
    },

    export: async (principal, { sessionId }) => exportSession(deps, principal, sessionId),

    import: async (principal, input) =>
      importSession(deps, principal, asBytes(input), { importKey: undefined }),

    exportStream: (principal, { sessionId }) => exportStream(deps, principal, sessionId),

    importStream: async (principal, source, options) => importSession(deps, principal, source, options),

    subscribe,
  };
}

/** A call's input is small enough to be written down in one piece. @throws TrunklineError where it is nested too deep for that. */
async function* asBytes(input: ImportSessionInput): AsyncGenerator<Uint8Array, void> {
  let json: string;
  try {
    json = JSON.stringify(input);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new TrunklineError("validation_failed", "The document is nested too deep", { cause });
  }
  yield Buffer.from(json);
}
