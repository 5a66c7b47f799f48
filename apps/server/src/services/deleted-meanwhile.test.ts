import { randomUUID } from "node:crypto";
import { type PROCEDURE_SCOPES, type SessionDocument, TrunklineError } from "@trunkline/contract";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  alice,
  openScriptedServer,
  type Script,
  type ScriptedServer,
} from "../runner/testing/scripted-server.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { createApprovalService } from "./approvals.ts";
import { createCheckpointService } from "./checkpoints.ts";
import { listedNetwork } from "../network/testing/listed-network.ts";
import { createNetworkService } from "./session-network.ts";
import { createRuleService } from "./rules.ts";
import { createQuestionService } from "./questions.ts";
import { createShareService } from "./shares.ts";
import { createSessionService } from "./sessions.ts";
import { workspaceFiles } from "../tools/files/workspace-files.ts";
import { createTaskService } from "./tasks.ts";
import { makeSubject, type Subject } from "./testing/deleted-subject.ts";
import { spendingServices } from "./testing/spending-services.ts";
import { type BeforeStep, stepped } from "./testing/stepped.ts";
import { createPublicationService } from "./publications.ts";
import { asPublished, succeedingPublisher, withoutWorkspaces } from "./testing/published-session.ts";
import { createWorkspaceService } from "./workspaces.ts";

/** One that asks and waits, as models do. */
const asking: Script = async () => ({
  type: "input-required",
  approvals: [{ callId: "a", tool: "bash", input: {}, kind: "execute", reason: "dangerous" }],
  questions: [{ callId: "q", text: "Which?" }],
});

let directory: TemporaryDirectory;
let server: ScriptedServer;
beforeAll(async () => {
  directory = await TemporaryDirectory.create();
  server = await openScriptedServer(directory.path, new Map([["ask", asking]]));
});
afterAll(async () => {
  await server.close();
  await directory[Symbol.asyncDispose]();
});

/** The services over the same rooms, `before` each of their steps. */
function services(before: BeforeStep, checkpoints = server.core.checkpoints) {
  const { core, compute } = server;
  const rooms = {
    store: stepped(server.store, before),
    log: stepped(server.log, before),
    runner: stepped(server.runner, before),
    approvals: stepped(core.approvals, before),
    audit: stepped(core.audit, before),
    announcer: { removed: () => undefined },
    requireRoom: () => undefined,
  };
  const models = {
    defaultModel: "demo",
    names: ["demo"],
    resolve: () => ({}) as never,
    forUser: async () => ({}) as never,
    fallback: async () => null,
  };
  const agents = { agents: [], resolve: () => ({}) as never };
  const tasks = createTaskService({
    ...rooms,
    models,
    agents,
    turns: { afterAnswers: () => undefined, answering: () => undefined } as never,
  });
  return {
    tasks,
    publications: createPublicationService({
      ...rooms,
      store: asPublished(rooms.store),
      publisher: stepped(succeedingPublisher(), before),
      openRemote: async ({ url }) => ({
        remote: { url },
        token: "t",
        redact: (text) => text,
        [Symbol.asyncDispose]: async () => undefined,
      }),
      tasks,
      dataDir: directory.path,
      mirrorOf: (id) => id,
      signal: new AbortController().signal,
      checkpoints: stepped(core.checkpoints, before),
      ...withoutWorkspaces,
    }),
    sessions: createSessionService({
      ...rooms,
      nodeId: server.nodeId,
      announcer: rooms.announcer as never,
      models,
      agents,
      dataDir: directory.path,
      checkpoints: stepped(checkpoints, before),
      findUnpublishedWork: async () => null,
      compute,
      spool: core.spool,
      redact: (event) => event,
      now: Date.now,
    }),
    checkpoints: createCheckpointService({
      ...rooms,
      checkpoints: stepped(core.checkpoints, before),
      dataDir: directory.path,
    }),
    approvals: createApprovalService(rooms),
    questions: createQuestionService(rooms),
    rules: createRuleService({ ...rooms, operators: [], now: Date.now }),
    shares: createShareService({
      ...rooms,
      auth: {
        newToken: ({ createdAt }) => ({
          token: { id: randomUUID(), hash: randomUUID(), createdAt } as never,
          secret: "s",
        }),
        recordRevocation: async () => undefined,
        tokensRevoked: () => undefined,
      },
      now: Date.now,
    }),
    ...spendingServices(rooms),
    network: createNetworkService({ ...rooms, networks: listedNetwork([]), allowing: "users" }),
    workspaces: createWorkspaceService({
      ...rooms,
      dataDir: directory.path,
      files: stepped(workspaceFiles, before),
      findIgnored: async () => new Set(),
    }),
  };
}
type SteppedServices = ReturnType<typeof services>;

type Call = (services: SteppedServices, about: Subject) => Promise<unknown>;

const page = { limit: 10 } as const;
const budgetOf = (id: string) => ({ scope: "session", id }) as const;

/** Every procedure; those that are about no session have nothing to lose by its end. */
const CALLS: Record<keyof typeof PROCEDURE_SCOPES, Record<string, Call> | "about no session"> = {
  "task.submit": {
    enqueue: async ({ tasks }, { sessionId }) =>
      tasks.submit(alice, { sessionId, prompt: "x", whenBusy: "enqueue" }),
    interrupt: async ({ tasks }, { sessionId }) =>
      tasks.submit(alice, { sessionId, prompt: "x", whenBusy: "interrupt" }),
    steer: async ({ tasks }, { sessionId }) =>
      tasks.submit(alice, { sessionId, prompt: "x", whenBusy: "steer" }),
    "with a key": async ({ tasks }, { sessionId }) =>
      tasks.submit(alice, { sessionId, prompt: "x", whenBusy: "enqueue", idempotencyKey: sessionId }),
  },
  "task.get": { ended: async ({ tasks }, { endedId: taskId }) => tasks.get(alice, { taskId }) },
  "task.list": { session: async ({ tasks }, { sessionId }) => tasks.list(alice, { sessionId, ...page }) },
  "task.cancel": {
    waiting: async ({ tasks }, { waitingId: taskId }) => tasks.cancel(alice, { taskId }),
    queued: async ({ tasks }, { queuedId: taskId }) => tasks.cancel(alice, { taskId }),
    ended: async ({ tasks }, { endedId: taskId }) => tasks.cancel(alice, { taskId }),
  },
  "task.retry": { ended: async ({ tasks }, { endedId: taskId }) => tasks.retry(alice, { taskId }) },
  "session.retrySetup": {
    "of another task": async ({ tasks }, { sessionId }) => tasks.retrySetup(alice, { sessionId }),
  },
  "task.resume": { waiting: async ({ tasks }, { waitingId: taskId }) => tasks.resume(alice, { taskId }) },
  "task.edit": {
    queued: async ({ tasks }, { queuedId: taskId }) => tasks.edit(alice, { taskId, prompt: "y" }),
  },
  "task.steer": {
    queued: async ({ tasks }, { queuedId: taskId }) => tasks.steer(alice, { taskId }),
  },
  "task.move": {
    "to the end": async ({ tasks }, { queuedId: taskId }) =>
      tasks.move(alice, { taskId, beforeTaskId: null }),
    "before another": async ({ tasks }, { lastQueuedId: taskId, queuedId: beforeTaskId }) =>
      tasks.move(alice, { taskId, beforeTaskId }),
  },

  "session.create": "about no session",
  "session.get": { all: async ({ sessions }, { sessionId }) => sessions.get(alice, { sessionId }) },
  "session.list": "about no session",
  "usage.query": {
    session: async ({ usage }, { sessionId }) =>
      usage.query(alice, { by: "day", sessionId, everybody: false, utcOffsetMinutes: 0, limit: 1 }),
  },
  "budget.get": { session: async ({ budgets }, { sessionId }) => budgets.get(alice, budgetOf(sessionId)) },
  "budget.set": { session: async ({ budgets }, { sessionId }) => budgets.set(alice, budgetOf(sessionId)) },
  "session.events": {
    page: async ({ sessions }, { sessionId }) => sessions.events(alice, { sessionId, ...page }),
  },
  "session.update": {
    rename: async ({ sessions }, { sessionId }) => sessions.update(alice, { sessionId, title: "y" }),
    archive: async ({ sessions }, { sessionId }) => sessions.update(alice, { sessionId, archived: true }),
    "bring back": async ({ sessions }, { sessionId }) =>
      sessions.update(alice, { sessionId, archived: false }),
    model: async ({ sessions }, { sessionId }) => sessions.update(alice, { sessionId, model: "demo" }),
  },
  "session.fork": {
    whole: async ({ sessions }, { sessionId }) => sessions.fork(alice, { sessionId }),
    prefix: async ({ sessions }, { sessionId }) => sessions.fork(alice, { sessionId, atSeq: 2 }),
  },
  "session.checkpoints": {
    page: async ({ checkpoints }, { sessionId }) => checkpoints.checkpoints(alice, { sessionId, ...page }),
  },
  "session.changes": {
    all: async ({ checkpoints }, { sessionId }) => checkpoints.changes(alice, { sessionId }),
  },
  "session.diff": {
    all: async ({ checkpoints }, { sessionId }) => checkpoints.diff(alice, { sessionId }),
  },
  "session.revert": {
    busy: async ({ checkpoints }, { sessionId }) =>
      checkpoints.revert(alice, { sessionId, toSeq: 1 }).catch((error: unknown) => {
        if (!(error instanceof TrunklineError) || error.reason !== "session_busy") throw error;
      }),
  },
  "session.delete": { again: async ({ sessions }, { sessionId }) => sessions.delete(alice, { sessionId }) },
  "session.export": {
    document: async ({ sessions }, { sessionId }) => assertWhole(await sessions.export(alice, { sessionId })),
    stream: async ({ sessions }, { sessionId }) => {
      let json = "";
      for await (const piece of sessions.exportStream(alice, { sessionId })) json += piece;
      assertWhole(JSON.parse(json) as SessionDocument);
    },
  },
  "session.import": "about no session",
  "session.subscribe": {
    "first batch": async ({ sessions }, { sessionId }) =>
      sessions.subscribe(alice, { sessionId }, new AbortController().signal)[Symbol.asyncIterator]().next(),
  },

  "session.network": {
    all: async ({ network }, { sessionId }) => network.ofSession(alice, { sessionId }),
  },
  "session.allowHost": {
    host: async ({ network }, { sessionId }) =>
      network.allowHost(alice, { sessionId, host: "one.example.com" }),
  },
  "session.publish": {
    patch: async ({ publications }, { sessionId }) =>
      publications.publish(alice, { sessionId, kind: "patch" }),
    request: async ({ publications }, { sessionId }) =>
      publications.publish(alice, { sessionId, kind: "pull-request" }),
  },
  "session.publication": {
    state: async ({ publications }, { sessionId }) => publications.publication(alice, { sessionId }),
  },
  "session.bringBack": {
    feedback: async ({ publications }, { sessionId }) =>
      publications.bringBack(alice, { sessionId, digest: "0".repeat(64) }),
  },
  "session.archiveWork": { work: async ({ publications: to }, of) => to.archiveWork(alice, of) },
  "session.restoreWork": { nothing: async ({ publications: to }, of) => to.restoreWork(alice, of) },
  "session.patch": {
    whole: async ({ publications }, { sessionId }) => {
      const { content } = await publications.openPatch(alice, { sessionId });
      expect(Buffer.concat(await Array.fromAsync(content)).toString()).toBe("patch");
    },
  },

  "approval.list": {
    session: async ({ approvals }, { sessionId }) => approvals.list(alice, { sessionId, ...page }),
  },
  "approval.answer": {
    allow: async ({ approvals }, { approvalId }) =>
      approvals.answer(alice, { approvalId, decision: "allow" }),
    deny: async ({ approvals }, { approvalId }) => approvals.answer(alice, { approvalId, decision: "deny" }),
  },
  "question.list": {
    session: async ({ questions }, { sessionId }) => questions.list(alice, { sessionId, ...page }),
  },
  "question.answer": {
    words: async ({ questions }, { questionId }) =>
      questions.answer(alice, { questionId, answer: { text: "this" } }),
  },
  "mcp.list": "about no session",
  "mcp.get": "about no session",
  "mcp.restart": "about no session",
  "mcp.authorize": "about no session",
  "mcp.finishAuthorization": "about no session",
  "mcp.prompt": "about no session",
  "mcp.add": "about no session",
  "mcp.update": "about no session",
  "mcp.remove": "about no session",
  "push.subscribe": "about no session",
  "push.list": "about no session",
  "push.unsubscribe": "about no session",
  "push.test": "about no session",
  "share.create": { one: async ({ shares }, { sessionId }) => shares.create(alice, { sessionId }) },
  "share.list": { session: async ({ shares }, { sessionId }) => shares.list(alice, { sessionId }) },
  "share.revoke": {
    one: async ({ shares }, { shareId }) => shares.revoke(alice, { shareId }),
  },
  "rule.list": { session: async ({ rules }, { sessionId }) => rules.list(alice, { sessionId }) },
  "rule.create": {
    "of the session": async ({ rules }, { sessionId }) =>
      rules.create(alice, { effect: "ask", tool: "bash", expiresAt: null, sessionId }),
  },
  "rule.delete": {
    "of the session": async ({ rules }, { sessionId }) => {
      const { id } = await rules.create(alice, { effect: "ask", tool: "bash", expiresAt: null, sessionId });
      return rules.delete(alice, { ruleId: id, sessionId });
    },
  },
  "project.create": "about no session",
  "project.get": "about no session",
  "project.list": "about no session",
  "project.update": "about no session",
  "project.delete": "about no session",
  "project.setCredential": "about no session",
  "project.removeCredential": "about no session",
  "workspace.list": {
    page: async ({ workspaces }, { sessionId }) => workspaces.list(alice, { sessionId, ...page }),
  },
  "workspace.read": {
    file: async ({ workspaces }, { sessionId }) =>
      workspaces.read(alice, { sessionId, path: "notes", maxBytes: 1_024 }),
  },
  "workspace.file": {
    whole: async ({ workspaces }, { sessionId }) => {
      const { content } = await workspaces.openFile(alice, { sessionId, path: "notes" });
      expect(Buffer.concat(await Array.fromAsync(content)).toString()).toBe("x");
    },
  },
  "workspace.archive": {
    whole: async ({ workspaces }, { sessionId }) => {
      const { content } = await workspaces.openArchive(alice, { sessionId, git: false, ignored: false });
      await Array.fromAsync(content);
    },
  },
  "blob.create": "about no session",
  "blob.get": "about no session",
  "agent.list": "about no session",
  "model.list": "about no session",
  "model.setKey": "about no session",
  "model.removeKey": "about no session",
  "activity.subscribe": "about no session",
  "search.query": "about no session",
  "server.info": "about no session",
  "server.drain": "about no session",
  "server.retention": "about no session",

  "user.me": "about no session",
  "user.list": "about no session",
  "user.create": "about no session",
  "user.invite": "about no session",
  "user.remove": "about no session",
  "token.create": "about no session",
  "token.list": "about no session",
  "token.revoke": "about no session",
  "audit.list": "about no session",
};

/** What was exported while its session went may be refused, and never cut short. */
function assertWhole({ events, tasks }: SessionDocument): void {
  expect(tasks.length).toBe(4);
  expect(events.filter(({ type }) => type === "task.submitted").length).toBe(4);
}

/** How far a deletion has come in that moment. */
const DELETIONS = {
  begun: async (sessionId: string) => {
    const entry = server.core.audit.entry({
      by: alice,
      action: "session.delete",
      target: sessionId,
      decision: "allowed",
    });
    await server.store.sessions.hide({ id: sessionId, at: Date.now(), hiddenBy: server.nodeId }, entry);
  },
  over: async (sessionId: string) => {
    await server.sessions.delete(alice, { sessionId });
  },
};

const rows = Object.entries(CALLS).flatMap(([procedure, calls]) =>
  calls === "about no session"
    ? []
    : Object.entries(calls).flatMap(([how, call]) =>
        Object.entries(DELETIONS).map(([moment, remove]) => ({ procedure, how, call, moment, remove })),
      ),
);

it.each(rows)(
  "E4: $procedure ($how) is answered or not found, its session's deletion being $moment before any of its steps",
  async ({ call, remove }) => {
    for (let at = 0, isPast = false; !isPast; at++) {
      const about = await makeSubject(server);
      let step = 0;
      isPast = true;
      const outcome = await call(
        services(async () => {
          if (step++ !== at) return;
          isPast = false;
          await remove(about.sessionId);
        }),
        about,
      ).then(
        () => "answered",
        (error: unknown) => (error instanceof TrunklineError ? error.reason : error),
      );
      expect(outcome, `deleted before step ${at}`).toBe(
        isPast || outcome === "answered" ? "answered" : "not_found",
      );
      // The first step looks the session or task up.
      if (at === 0 && !isPast) expect(outcome).toBe("not_found");
    }
  },
);

it("a fork whose parent's files go while they are copied is one of a session that is gone", async () => {
  const { sessionId } = await makeSubject(server);
  const { sessions } = services(async () => undefined, {
    ...server.core.checkpoints,
    async fork() {
      await server.sessions.delete(alice, { sessionId });
      throw new Error("ENOENT: no such file or directory");
    },
  });
  await expect(sessions.fork(alice, { sessionId })).rejects.toMatchObject({ reason: "not_found" });
});
