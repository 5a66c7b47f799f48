import { randomUUID } from "node:crypto";
import { followTask } from "@trunkline/client";
import { isPiece } from "@trunkline/contract";
import { type ProcedurePath, procedureSchemas, REST_ROUTES } from "@trunkline/contract/rest";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { readLog } from "../read-log.ts";
import { ServerFixture } from "../server-fixture.ts";
import { waitFor } from "../wait-for.ts";
import { type BusySession, FILE, startAsking, startBusySession, startQueue, WORD } from "./busy-session.ts";
import { comparable } from "./comparable.ts";
import { newPushDevice } from "./push-device.ts";
import { type Input, restSurface, type Surface, trpcSurface } from "./surface.ts";

let server: ServerFixture;
let trpc: Surface;
let rest: Surface;
beforeAll(async () => {
  server = await ServerFixture.start({
    env: { ANTHROPIC_API_KEY: "sk-none", TRUNKLINE_MODEL: "demo" },
  });
  trpc = trpcSurface(server);
  rest = restSurface(server);
});
afterAll(async () => server[Symbol.asyncDispose]());
const deleteSessions = async (): Promise<void> => {
  for (const archived of [true, false]) {
    const { items } = await server.client.session.list.query({ archived, limit: 200 });
    for (const { id } of items) await server.client.session.delete.mutate({ sessionId: id });
  }
};

type Inputs = (busy: BusySession) => Input | Promise<Input>;

/** Input of each query, used for both on the same session. */
const QUERIES: Partial<Record<ProcedurePath, Inputs>> = {
  "task.get": ({ ended }) => ({ taskId: ended }),
  "task.list": ({ sessionId }) => ({ sessionId, states: ["working", "submitted"], limit: 2 }),
  "session.get": ({ sessionId }) => ({ sessionId }),
  "session.list": () => ({ query: "RUN", archived: false, limit: 1 }),
  "session.events": ({ sessionId }) => ({ sessionId, after: 2, limit: 3 }),
  "session.checkpoints": ({ sessionId }) => ({ sessionId, limit: 1 }),
  "session.changes": ({ sessionId }) => ({ sessionId, fromSeq: 1 }),
  "session.diff": ({ sessionId }) => ({ sessionId, path: FILE }),
  "session.export": ({ sessionId }) => ({ sessionId }),
  "session.network": ({ sessionId }) => ({ sessionId }),
  "session.publication": ({ sessionId }) => ({ sessionId }),
  "project.get": async (busy) => ({ projectId: await projectOf(busy) }),
  "project.list": async (busy) => {
    await projectOf(busy);
    return { limit: 1 };
  },
  "mcp.list": async (busy) => {
    if (busy === STRANGER) return {};
    const projectId = await projectOf(busy);
    await server.client.mcp.add.mutate({
      projectId,
      name: "tools",
      transport: { kind: "stdio", command: "x" },
    });
    return { projectId };
  },
  "mcp.get": async (busy) => ({ serverId: await mcpServerOf(busy) }),
  "workspace.list": ({ sessionId }) => ({ sessionId, limit: 5 }),
  "workspace.read": ({ sessionId }) => ({ sessionId, path: FILE }),
  "search.query": () => ({ text: WORD, limit: 5 }),
  "approval.list": ({ asking: { sessionId } }) => ({ sessionId, limit: 2 }),
  "question.list": ({ asking: { sessionId } }) => ({ sessionId, limit: 2 }),
  "rule.list": async (busy) => {
    const { sessionId } = busy;
    if (busy !== STRANGER)
      await server.client.rule.create.mutate({ effect: "ask", pattern: "git push *", sessionId });
    return { sessionId };
  },
  "share.list": async (busy) => {
    const { sessionId } = busy;
    if (busy !== STRANGER) await server.client.share.create.mutate({ sessionId });
    return { sessionId };
  },
  "push.list": async () => {
    await newDevice();
    return {};
  },
  "agent.list": () => ({}),
  // A day that is over.
  "usage.query": ({ sessionId }) => ({ by: "model", sessionId, from: 1, to: 86_400_000 }),
  "budget.get": ({ sessionId }) => ({ scope: "session", id: sessionId }),
  "model.list": () => ({}),
  "server.info": () => ({}),
  "server.retention": () => ({ days: 1, limit: 2 }),
  "user.me": () => ({}),
  "user.list": () => ({ name: "local", limit: 1 }),
  "token.list": () => ({ everyone: true, limit: 5 }),
  "audit.list": () => ({ decision: "allowed", limit: 5 }),
};

/** Input of each mutation, used for each on its own session. */
const MUTATIONS: Partial<Record<ProcedurePath, Inputs>> = {
  "task.submit": ({ sessionId }) => ({
    prompt: "say: three",
    sessionId,
    whenBusy: "enqueue",
    idempotencyKey: randomUUID(),
    budget: { maxSteps: 3 },
  }),
  "task.edit": ({ queued: [first] }) => ({ taskId: first, prompt: "say: something else" }),
  "task.move": ({ queued: [first, second] }) => ({ taskId: second, beforeTaskId: first }),
  "task.steer": ({ queued: [first] }) => ({ taskId: first }),
  "task.cancel": ({ active }) => ({ taskId: active }),
  "task.retry": ({ ended }) => ({ taskId: ended }),
  "budget.set": ({ sessionId }) => ({ scope: "session", id: sessionId, total: { steps: 1_000 } }),
  "task.resume": ({ ended }) => ({ taskId: ended }),
  "approval.answer": ({ asking: { approvalId } }) => ({
    approvalId,
    decision: "allow",
    note: "just this once",
  }),
  "question.answer": ({ asking: { questionId } }) => ({ questionId, answer: { text: "Yes, do" } }),
  "server.drain": () => ({ draining: false }),
  "session.create": () => ({ title: "Made by hand" }),
  "session.update": ({ sessionId }) => ({ sessionId, title: "Renamed", archived: true }),
  "session.fork": ({ sessionId }) => ({ sessionId, title: "Fork" }),
  "session.revert": async (busy) => ({
    sessionId: busy === STRANGER ? busy.sessionId : await idleSession(),
    toSeq: 1,
  }),
  "session.retrySetup": ({ sessionId }) => ({ sessionId }),
  "session.restoreWork": ({ sessionId }) => ({ sessionId }),
  "session.delete": ({ sessionId }) => ({ sessionId }),
  "session.allowHost": async (busy) => ({
    sessionId: await listedSession(busy),
    host: "registry.example.com",
  }),
  "session.import": async ({ sessionId }) => ({
    document: await server.client.session.export.query({ sessionId }),
    importKey: randomUUID(),
  }),
  "rule.create": ({ sessionId }) => ({ effect: "deny", tool: "web_fetch", host: "*.example.com", sessionId }),
  "rule.delete": async (busy) => ({
    ruleId:
      busy === STRANGER
        ? busy.sessionId
        : (await server.client.rule.create.mutate({ effect: "ask", tool: "bash" })).id,
  }),
  "share.create": ({ sessionId }) => ({ sessionId, expiresAt: null }),
  "share.revoke": async (busy) => ({
    shareId:
      busy === STRANGER
        ? busy.sessionId
        : (await server.client.share.create.mutate({ sessionId: busy.sessionId })).share.id,
  }),
  "push.subscribe": () => newPushDevice(),
  "push.unsubscribe": async (busy) => ({
    subscriptionId: busy === STRANGER ? busy.sessionId : (await newDevice()).id,
  }),
  "project.create": () => ({
    name: randomUUID(),
    source: { kind: "git", url: "https://git.example/a.git" },
    allowedHosts: ["*.example.org"],
  }),
  "project.update": async (busy) => ({ projectId: await projectOf(busy), baseRef: "main", setup: "make" }),
  "project.delete": async (busy) => ({ projectId: await projectOf(busy) }),
  "project.setCredential": async (busy) => ({
    projectId: await projectOf(busy),
    credential: { kind: "token", secret: "never-returned" },
  }),
  "project.removeCredential": async (busy) => ({ projectId: await projectOf(busy) }),
  "mcp.add": async (busy) => ({
    projectId: await projectOf(busy),
    name: "tools",
    transport: { kind: "http", url: "https://mcp.example/mcp", headers: { Authorization: "never-returned" } },
  }),
  "mcp.restart": async (busy) => ({ serverId: await mcpServerOf(busy) }),
  "mcp.update": async (busy) => ({ serverId: await mcpServerOf(busy), trust: "annotations", enabled: false }),
  "model.setKey": () => ({ provider: "anthropic", key: "k" }),
  "model.removeKey": () => ({ provider: "anthropic" }),
  "mcp.remove": async (busy) => ({ serverId: await mcpServerOf(busy) }),
  "user.create": () => ({ name: randomUUID() }),
  "user.invite": async (busy) => ({
    userId: busy === STRANGER ? busy.sessionId : (await newUser()).id,
    scope: "read",
  }),
  "user.remove": async (busy) => ({
    userId: busy === STRANGER ? busy.sessionId : (await newUser()).id,
    deleteSessions: true,
  }),
  "token.create": () => ({ name: "by hand", scope: "read", expiresAt: Date.now() + 60_000 }),
  "token.revoke": async (busy) => ({
    tokenId: busy === STRANGER ? busy.sessionId : (await newToken()).token.id,
  }),
};

/**
 * They need a repository and a forge, which services/publications.test.ts has, or an MCP server that answers and one that
 * authorizes (mcp/*.int.test.ts), or a push service (push/*.int.test.ts); here only their errors are tried.
 */
const ERRORS_ONLY: Partial<Record<ProcedurePath, Inputs>> = {
  "session.publish": ({ sessionId }) => ({ sessionId, kind: "patch" }),
  "session.bringBack": ({ sessionId }) => ({ sessionId, digest: "0".repeat(64) }),
  "session.archiveWork": ({ sessionId }) => ({ sessionId }),
  "mcp.authorize": async (busy) => ({ serverId: await mcpServerOf(busy), origin: server.url }),
  "mcp.finishAuthorization": () => ({ address: `${server.url}/mcp/authorized?code=c&state=s` }),
  "push.test": ({ sessionId }) => ({ subscriptionId: sessionId }),
  "mcp.prompt": async (busy) => ({ serverId: await mcpServerOf(busy), name: "x" }),
};

const projectOf = async (busy: BusySession): Promise<string> => {
  if (busy === STRANGER) return busy.sessionId;
  const source = { kind: "git", url: "git@git.example:a/b.git" } as const;
  return (await server.client.project.create.mutate({ name: randomUUID(), source })).id;
};
const mcpServerOf = async (busy: BusySession): Promise<string> => {
  if (busy === STRANGER) return busy.sessionId;
  const transport = { kind: "stdio", command: "true", environment: { TOKEN: "never-returned" } } as const;
  const projectId = await projectOf(busy);
  return (await server.client.mcp.add.mutate({ projectId, name: "tools", transport, enabled: false })).id;
};
/** One that wrote a file and rests. */
async function idleSession(): Promise<string> {
  const task = await server.client.task.submit.mutate({ prompt: `run: touch ${FILE}\nsay: done` });
  for await (const event of followTask(server.client, task)) if (event.type === "task.completed") break;
  return task.sessionId;
}

/** A session whose commands have a list of hosts. */
const listedSession = async (busy: BusySession): Promise<string> => {
  if (busy === STRANGER) return busy.sessionId;
  return (await server.client.session.create.mutate({ projectId: await projectOf(busy) })).id;
};
const newDevice = async () => server.client.push.subscribe.mutate(newPushDevice());
const newUser = async () => server.client.user.create.mutate({ name: randomUUID() });
const newToken = async () => server.client.token.create.mutate({ name: "to be revoked" });

it("every procedure is tried here, or streams", () => {
  const streams: ProcedurePath[] = ["session.subscribe", "activity.subscribe"];
  const tried = [QUERIES, MUTATIONS, ERRORS_ONLY].flatMap((inputs) => Object.keys(inputs));
  expect([...tried, ...streams].toSorted()).toEqual(Object.keys(REST_ROUTES).toSorted());
});

/** How far a consumer of the logs is behind changes from one call to the next. */
function atAnyMoment(answer: unknown): unknown {
  const isLag = (key: string): boolean => key === "waiting" || key === "lagMs";
  return JSON.parse(JSON.stringify(answer, (key, value: unknown) => (isLag(key) ? "any" : value)));
}

describe("queries answer the same over tRPC and REST", () => {
  let busy: BusySession;
  beforeAll(async () => {
    busy = await startBusySession(server.client);
  });
  afterAll(deleteSessions);

  it.each(Object.entries(QUERIES))("%s", async (name, inputOf) => {
    const path = name as ProcedurePath;
    const input = await inputOf(busy);
    const { overRest } = await vi.waitFor(async () => {
      const answers = { overTrpc: await trpc.call(path, input), overRest: await rest.call(path, input) };
      expect(answers.overTrpc.status).toBe(200);
      // On PostgreSQL the index is behind the log at times, and finds more the second time.
      expect(atAnyMoment(answers.overRest)).toEqual(atAnyMoment(answers.overTrpc));
      return answers;
    }, 60_000);
    expect(procedureSchemas(path).output?.safeParse(overRest.body)).toMatchObject({ success: true });
  });
});

describe("mutations do the same over tRPC and REST", () => {
  afterEach(deleteSessions);

  /**
   * As much of a busy session as the procedure may touch: most of what a mutation costs here is the commands that make
   * it. What belongs to no session gets an empty one, whose log it must leave alone.
   */
  async function sessionFor(path: ProcedurePath): Promise<BusySession> {
    if (/^(?:approval|question)\./.test(path)) {
      const asking = await startAsking(server.client);
      return { ...STRANGER, sessionId: asking.sessionId, asking };
    }
    const bringsItsOwn = ["session.create", "session.revert", "session.allowHost"].includes(path);
    if (!bringsItsOwn && /^(?:task|session|budget|server)\./.test(path)) {
      return { ...STRANGER, ...(await startQueue(server.client)) };
    }
    return { ...STRANGER, sessionId: (await server.client.session.create.mutate({})).id };
  }

  /** Its result and its effects. */
  async function outcome(surface: Surface, path: ProcedurePath, inputOf: Inputs) {
    const busy = await sessionFor(path);
    const answer = await surface.call(path, await inputOf(busy));
    const { status } = answer;
    let { body } = answer;
    if (path === "task.cancel") {
      // The canceled task makes room: the next one starts and ends in its own time.
      await idle(busy);
      // Processes may take longer to end on a busy machine than the call waits for them.
      const isWorking = (body as { state?: unknown } | null)?.state === "working";
      if (isWorking) body = await server.client.task.get.query({ taskId: busy.active });
    }
    const whole = path === "session.delete" ? [] : await readLog(server.client, busy.sessionId);
    // The task that waits says a dot each second.
    const log = whole.filter((event) => !isPiece(event));
    const sessions = await server.client.session.list.query({ archived: false });
    for (const { id } of sessions.items) await server.client.session.delete.mutate({ sessionId: id });
    return {
      status,
      left: comparable({ body, busy, log, count: sessions.items.length }),
    };
  }

  const idle = async ({ sessionId }: BusySession) =>
    waitFor("the session to be idle", async () => {
      const { session } = await server.client.session.get.query({ sessionId });
      return session.status === "idle";
    });

  it.each(Object.entries(MUTATIONS))("%s", async (name, inputOf) => {
    const path = name as ProcedurePath;
    const overTrpc = await outcome(trpc, path, inputOf);
    const overRest = await outcome(rest, path, inputOf);
    expect(overTrpc.status).toBe(200);
    expect(overRest.status).toBe(REST_ROUTES[path].status);
    expect(overRest.left).toEqual(overTrpc.left);
  });
});

describe("errors are the same over tRPC and REST", () => {
  const taking = (Object.keys(REST_ROUTES) as ProcedurePath[]).filter(
    (path) => procedureSchemas(path).input !== null && procedureSchemas(path).kind !== "subscription",
  );
  const both = async (path: ProcedurePath, input: Input) => {
    const [overTrpc, overRest] = [await trpc.call(path, input), await rest.call(path, input)];
    expect(overRest).toEqual(overTrpc);
    return overRest;
  };

  const inputOf = async (path: ProcedurePath): Promise<Input> =>
    path === "session.import"
      ? REST_ROUTES[path].example
      : ((await (QUERIES[path] ?? MUTATIONS[path] ?? ERRORS_ONLY[path])?.(STRANGER)) ?? {});

  it.each(taking)("%s refuses an unknown field", async (path) => {
    const input = await inputOf(path);
    expect(await both(path, { ...input, color: "red" })).toMatchObject({
      status: 400,
      body: { error: { data: { reason: "validation_failed", path, issues: [{ path: [] }] } } },
    });
  });

  const ofSomething = taking.filter((path) => {
    const { taskId, sessionId, tokenId, approvalId, questionId, projectId, serverId, ruleId } =
      procedureSchemas(path).input?.shape ?? {};
    // It finds nothing in a session that is not there, as in one that is somebody else's.
    if (path === "search.query") return false;
    return (
      path === "user.remove" ||
      path === "user.invite" ||
      // A new session takes a project, too, and needs none.
      (path.startsWith("project.") && projectId !== undefined) ||
      [taskId, sessionId, tokenId, approvalId, questionId, serverId, ruleId].some(
        (field) => field !== undefined,
      )
    );
  });
  it.each(ofSomething)("%s refuses what does not exist", async (path) => {
    expect(await both(path, await inputOf(path))).toMatchObject({
      status: 404,
      body: { error: { data: { reason: "not_found", path, code: "NOT_FOUND", httpStatus: 404 } } },
    });
  });

  it.each([
    ["session.list", { limit: 0 }, 400, "validation_failed"],
    ["session.list", { cursor: "made-up" }, 400, "cursor_invalid"],
    ["session.list", { cursor: cursorOf("a", "b") }, 400, "cursor_invalid"],
    ["session.list", { cursor: cursorOf(1.5, "b") }, 400, "cursor_invalid"],
    ["session.list", { cursor: cursorOf(1e300, "b") }, 400, "cursor_invalid"],
    ["task.submit", { prompt: " " }, 400, "validation_failed"],
    ["task.submit", { prompt: "\0\0\0" }, 400, "validation_failed"],
    ["task.submit", { prompt: "\u200B \uFEFF\u{E0020}" }, 400, "validation_failed"],
    ["session.create", { title: "\u200B" }, 400, "validation_failed"],
    ["token.create", { name: "\0" }, 400, "validation_failed"],
    ["user.create", { name: "a".repeat(5_000) }, 400, "validation_failed"],
    ["token.create", { name: "x", expiresAt: Number.MAX_SAFE_INTEGER }, 400, "validation_failed"],
    [
      "rule.create",
      { effect: "ask", tool: "bash", expiresAt: 253_402_300_800_000 },
      400,
      "validation_failed",
    ],
    ["share.create", { sessionId: randomUUID(), expiresAt: 8.64e15 + 1 }, 400, "validation_failed"],
    ["task.submit", { prompt: "x", model: "nobody:nothing" }, 400, "model_unknown"],
  ] as const)("%s with %j", async (path, input, status, reason) => {
    expect(await both(path, input)).toMatchObject({ status, body: { error: { data: { reason } } } });
  });

  it("conflicts", async () => {
    const { sessionId, active, ended } = await startBusySession(server.client);
    const idempotencyKey = randomUUID();
    const again = async () => server.client.task.retry.mutate({ taskId: ended, idempotencyKey });
    const retried = await Promise.all([again(), again(), again()]);
    expect(new Set(retried.map(({ id }) => id)).size).toBe(1);
    for (const [path, input, reason] of [
      ["task.submit", { sessionId, prompt: "x", whenBusy: "reject" }, "session_busy"],
      ["task.edit", { taskId: active, prompt: "x" }, "task_not_queued"],
      ["task.retry", { taskId: active }, "task_not_terminal"],
      ["task.retry", { taskId: ended, budget: { steps: 7 }, idempotencyKey }, "idempotency_conflict"],
      ["task.steer", { taskId: ended }, "task_not_queued"],
      ["task.move", { taskId: ended, beforeTaskId: null }, "task_not_queued"],
    ] as const) {
      expect(await both(path, input)).toMatchObject({ status: 409, body: { error: { data: { reason } } } });
    }
  });
});

/** Shaped like one of the server's. */
function cursorOf(...position: unknown[]): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** Ids of nothing. */
const STRANGER: BusySession = {
  sessionId: randomUUID(),
  asking: { sessionId: randomUUID(), approvalId: randomUUID(), questionId: randomUUID() },
  ended: randomUUID(),
  active: randomUUID(),
  queued: [randomUUID(), randomUUID()],
};
