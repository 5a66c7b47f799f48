import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActivityBatch, SessionEvent, Task } from "@trunkline/contract";
import { assertLogHolds, PostgresServer, waitFor, withDeadline } from "@trunkline/testkit";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Follower } from "../log/testing/follower.ts";
import { removeUser } from "../services/remove-user.ts";
import { FencedError } from "../store/port.ts";
import { PostgresHints } from "../store/postgres/postgres-hints.ts";
import { openPostgresStore } from "../store/postgres/postgres-store.ts";
import { CuttableLink } from "../store/testing/cuttable-link.ts";
import { askingScript } from "./testing/asking-script.ts";
import {
  alice,
  done,
  isTerminalEventOf,
  type Script,
  type ScriptedNode,
  startScriptedNode,
  untilAborted,
} from "./testing/scripted-node.ts";

const logger = pino({ level: "silent" });

/** Nodes in one process that share nothing but a database and a directory; work starts on the node that is asked for it. */
describe("several nodes on one PostgreSQL", () => {
  let server: PostgresServer;
  let directory: string;
  let url: string;
  let scripts: Map<string, Script>;
  let nodes: ScriptedNode[];
  let links: CuttableLink[];

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "trunkline-nodes-"));
    url = await server.createDatabase();
    scripts = new Map();
    nodes = [];
    links = [];
  });
  afterEach(async () => {
    for (const node of nodes) await node.close();
    for (const link of links) await link[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  async function openNode(
    name: string,
    at = url,
    { patienceMs, leaseMs }: { patienceMs?: number; leaseMs?: number } = {},
  ): Promise<ScriptedNode> {
    const options = { url: at, node: name, logger };
    const store = await openPostgresStore({ ...options, ...(patienceMs !== undefined && { patienceMs }) });
    const hints = new PostgresHints(options);
    const node = await startScriptedNode({
      store,
      hints,
      directory,
      scripts,
      name,
      ...(leaseMs !== undefined && { leaseMs }),
    });
    nodes.push(node);
    return node;
  }

  async function openTwo(): Promise<[here: ScriptedNode, there: ScriptedNode]> {
    return [await openNode("here"), await openNode("there")];
  }

  const isOf = (type: SessionEvent["type"]) => (event: SessionEvent) => event.type === type;
  const typesOf = (events: readonly SessionEvent[], taskId: string) =>
    events.flatMap((event) => (event.taskId === taskId ? [event.type] : []));

  /** A task that runs on the node until somebody ends it. */
  async function longTask(node: ScriptedNode): Promise<Task> {
    scripts.set("long", async ({ signal }) => untilAborted(signal));
    const task = await node.submit("long");
    await node.until(task.sessionId, isOf("task.started"));
    return task;
  }

  it("lets followers on any node follow a task on any other, and lists hear of it", async () => {
    const [here, there] = await openTwo();
    scripts.set("talks", async ({ sink }) => {
      await sink.append([{ type: "step.started", data: { step: 1, model: "demo" } }]);
      for (let count = 0; count < 200; count++) {
        await sink.delta({ type: "text.delta", data: { blockId: "b", text: `${count} ` } });
      }
      await sink.append([{ type: "text.ended", data: { blockId: "b", text: "numbers" } }]);
      return done();
    });
    const controller = new AbortController();
    const lists = there.activity.subscribe(alice, controller.signal)[Symbol.asyncIterator]();
    expect((await lists.next()).value).toMatchObject({ reset: true });
    const task = await here.submit("talks");
    const followers = Array.from({ length: 5 }, () => new Follower(there.log, task.sessionId, 0));
    const events = await here.until(task.sessionId, isTerminalEventOf(task.id));
    for (const follower of followers) {
      await follower.catchUp(events.at(-1)!.seq);
      follower.assertEquals(events);
      await follower.stop();
    }
    for (let isIdle = false; !isIdle;) {
      const { value } = (await lists.next()) as IteratorYieldResult<ActivityBatch>;
      isIdle = value.sessions.some(({ id, status }) => id === task.sessionId && status === "idle");
    }
    controller.abort();
  });

  it("ends a task from another node than the one that runs it, and runs what is queued behind it", async () => {
    const [here, there] = await openTwo();
    const task = await longTask(here);
    const next = await there.submit("next", task.sessionId);
    const canceled = await there.tasks.cancel(alice, { taskId: task.id });
    expect(canceled).toMatchObject({ state: "canceled", reason: "user" });
    const events = await there.until(task.sessionId, isTerminalEventOf(next.id));
    assertLogHolds(events);
    expect(events.findLast(isOf("task.canceled"))?.data).toEqual({ reason: "user", by: "alice" });
    // Both may be canceled again, wherever.
    expect(await here.tasks.cancel(alice, { taskId: task.id })).toMatchObject({ state: "canceled" });
  });

  it("ends it also where no hint comes through", async () => {
    const here = await openNode("here");
    const store = await openPostgresStore({ url, node: "deaf", logger });
    const deaf = await startScriptedNode({ store, directory, scripts });
    nodes.push(deaf);
    const task = await longTask(here);
    expect(await deaf.tasks.cancel(alice, { taskId: task.id })).toMatchObject({ state: "canceled" });
  });

  it("lets a task on another node interrupt, steps in for it, and keeps one running task", async () => {
    const [here, there] = await openTwo();
    const task = await longTask(here);
    const submitted = await there.tasks.submit(alice, {
      prompt: "urgent",
      sessionId: task.sessionId,
      whenBusy: "interrupt",
    });
    const events = await there.until(task.sessionId, isTerminalEventOf(submitted.taskId));
    assertLogHolds(events);
    expect(typesOf(events, task.id).at(-1)).toBe("task.canceled");
    expect(events.findLast(isOf("task.canceled"))?.data).toMatchObject({ reason: "superseded" });
  });

  it("takes answers on any node, and lets limits be tried from any", async () => {
    const [here, there] = await openTwo();
    scripts.set("asks", askingScript("one"));
    const task = await here.submit("asks");
    const events = await there.until(task.sessionId, isOf("task.input-required"));
    const asked = events.find((event) => event.type === "approval.requested")!;
    const { approvalId } = asked.data as { approvalId: string };
    await there.approvals.answer(alice, { approvalId, decision: "allow" });
    expect((await here.until(task.sessionId, isTerminalEventOf(task.id))).at(-1)?.type).toBe(
      "task.completed",
    );

    let starts = 0;
    scripts.set("limited", async () =>
      ++starts === 1
        ? {
            type: "input-required",
            approvals: [],
            questions: [],
            limit: { until: Date.now() + 3_600_000, message: "" },
          }
        : done(),
    );
    const limited = await here.submit("limited");
    await there.until(limited.sessionId, isOf("task.input-required"));
    await there.tasks.resume(alice, { taskId: limited.id });
    await here.until(limited.sessionId, isTerminalEventOf(limited.id));
    expect(starts).toBe(2);
  });

  it("expires a request once, whichever nodes find that its time is up", async () => {
    const [here, there] = await openTwo();
    scripts.set("asks", askingScript("one"));
    const task = await here.submit("asks");
    const events = await here.until(task.sessionId, isOf("task.input-required"));
    const asked = events.find((event) => event.type === "approval.requested")!;
    const { approvalId } = asked.data as { approvalId: string };
    const expired = { taskId: task.id, type: "approval.expired", data: { approvalId } } as const;
    const outcomes = await Promise.allSettled(
      [here, there, here, there].map(async ({ log }) => log.append(task.sessionId, [expired])),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("deletes a session whose task runs on another node: the run ends, streams everywhere, rows and files go", async () => {
    const [here, there] = await openTwo();
    const task = await longTask(here);
    const { session } = await here.sessions.get(alice, { sessionId: task.sessionId });
    await mkdir(session.workspace, { recursive: true });
    const stream = here.sessions.subscribe(
      alice,
      { sessionId: task.sessionId },
      new AbortController().signal,
    );
    const following = expect(Array.fromAsync(stream)).rejects.toMatchObject({ reason: "not_found" });
    await there.sessions.delete(alice, { sessionId: task.sessionId });
    await following;
    await expect(stat(session.workspace)).rejects.toMatchObject({ code: "ENOENT" });
    expect(await server.sql("select id from trunkline.tasks", url.split("/").at(-1))).toEqual([]);
  });

  it("removes a user whose tasks run on several nodes", async () => {
    const [here, there] = await openTwo();
    const tasks = [await longTask(here), await longTask(there)];
    await here.store.users.create(
      { id: alice.userId, name: "alice", createdAt: 1, removedAt: null },
      audit(),
    );
    const deps = {
      store: there.store,
      dataDir: directory,
      auth: { tokensRevoked: () => undefined, recordRevocation: async () => undefined },
      audit: { entry: audit } as never,
      runner: there.runner,
      checkpoints: { remove: async () => undefined },
      announcer: there.announcer,
      findUnpublishedWork: async () => null,
      now: Date.now,
      nodeId: there.nodeId,
    };
    await removeUser(deps, alice, { userId: alice.userId, deleteSessions: false });
    for (const { id } of tasks) {
      expect(await here.store.tasks.get(id)).toMatchObject({ state: "canceled", reason: "user-removed" });
    }
  });

  it("takes up the tasks of a node that is gone once, however many nodes find them", async () => {
    const three = [...(await openTwo()), await openNode("third")];
    const tasks: Task[] = [];
    for (let count = 0; count < 5; count++) {
      const sessionId = randomUUID();
      const id = randomUUID();
      const created = { title: "", model: null, agent: "default" };
      const submitted = { prompt: "left behind", model: null, whenBusy: "enqueue" } as const;
      await three[0]!.store.append(
        sessionId,
        [
          { taskId: null, type: "session.created", data: created },
          { taskId: id, type: "task.submitted", data: submitted },
          { taskId: id, type: "task.started", data: { attempt: 1, node: "gone" } },
        ],
        { ownerId: alice.userId },
      );
      tasks.push((await three[0]!.store.tasks.get(id))!);
    }
    for (const { id, sessionId } of tasks) {
      const events = await three[2]!.until(sessionId, isTerminalEventOf(id));
      expect(typesOf(events, id).slice(-3)).toEqual(["task.interrupted", "task.started", "task.completed"]);
    }
  });

  it("lets a run go on through a crash of PostgreSQL that it comes back from in time", async () => {
    // A busy machine takes longer to recover a database than nodes wait for it.
    const here = await openNode("here", url, { patienceMs: 120_000, leaseMs: 240_000 });
    const isDown = Promise.withResolvers<void>();
    let isUp = false;
    scripts.set("steady", async ({ sink, log }) => {
      await sink.append([{ type: "step.started", data: { step: 1, model: "demo" } }]);
      await isDown.promise;
      for (let count = 0; !isUp; count++) {
        await sink.delta({ type: "text.delta", data: { blockId: "b", text: `${count} ` } });
        await log.read({ after: 0, limit: 1 });
      }
      await sink.append([{ type: "text.ended", data: { blockId: "b", text: "through" } }]);
      return done();
    });
    const task = await here.submit("steady");
    await here.until(task.sessionId, isOf("step.started"));
    await server.stop("immediate");
    isDown.resolve();
    await server.launch();
    isUp = true;
    const events = await here.until(task.sessionId, isTerminalEventOf(task.id));
    expect(typesOf(events, task.id)).toEqual([
      "task.submitted",
      "task.started",
      "step.started",
      "text.ended",
      "task.completed",
    ]);
  });

  it("a node whose lease ended while its machine slept gives up what another has taken over", async () => {
    // By its own clock it holds the lease all along.
    const here = await openNode("here", url, { leaseMs: 600_000 });
    const told: string[] = [];
    const gaveUp = Promise.withResolvers<void>();
    scripts.set("sleeps", async ({ signal }) => {
      if (told.push("begins") > 1) return done("elsewhere");
      // A tool that works for long, and writes nothing meanwhile.
      await untilAborted(signal).catch(() => gaveUp.resolve());
      throw signal.reason;
    });
    const task = await here.submit("sleeps");
    await here.until(task.sessionId, isOf("task.started"));
    const there = await openNode("there");
    await server.sql(
      `update trunkline.nodes set expires_at = 0 where id = '${here.nodeId}'`,
      url.split("/").at(-1),
    );
    const events = await withDeadline(
      "the take-over",
      there.until(task.sessionId, isTerminalEventOf(task.id)),
    );
    await withDeadline("the first run's end", gaveUp.promise);
    expect(typesOf(events, task.id).slice(-3)).toEqual([
      "task.interrupted",
      "task.started",
      "task.completed",
    ]);
    const next = await here.submit("next");
    await withDeadline("the next task", here.until(next.sessionId, isTerminalEventOf(next.id)));
  });

  it("a node that is cut off lets go before another takes over; its late writes are refused; then it serves again", async () => {
    const link = await CuttableLink.open(server.port);
    links.push(link);
    const here = await openNode("here", url.replace(`:${server.port}/`, `:${link.port}/`));
    const told: string[] = [];
    const lateWrite = Promise.withResolvers<unknown>();
    scripts.set("moves", async ({ sink, signal }) => {
      const isFirst = !told.includes("begins");
      told.push(isFirst ? "begins" : "begins elsewhere");
      if (!isFirst) return done("elsewhere");
      await untilAborted(signal).catch(() => told.push("lets go"));
      // A tool that heeds no signal, and reports when the node is back.
      const written = sink.append([{ type: "step.started", data: { step: 1, model: "demo" } }]);
      lateWrite.resolve(await written.catch((error: unknown) => error));
      throw signal.reason;
    });
    const task = await here.submit("moves");
    await here.until(task.sessionId, isOf("task.started"));
    // Not before: whichever node is faster begins.
    const there = await openNode("there");
    link.cut();
    const takeOver = there.until(task.sessionId, isTerminalEventOf(task.id));
    const events = await withDeadline("the take-over", takeOver);
    expect(told).toEqual(["begins", "lets go", "begins elsewhere"]);
    expect(typesOf(events, task.id).slice(-3)).toEqual([
      "task.interrupted",
      "task.started",
      "task.completed",
    ]);
    link.mend();
    const late = await withDeadline("the late write", lateWrite.promise);
    expect(late instanceof FencedError || (late as { reason?: string }).reason === "unavailable").toBe(true);
    await waitFor("the node to hold its lease again", async () => here.store.nodes.isLive(here.nodeId));
    const next = await here.submit("next");
    await withDeadline("the next task", here.until(next.sessionId, isTerminalEventOf(next.id)));
    expect((await there.until(task.sessionId, isTerminalEventOf(task.id))).map(({ seq }) => seq)).toEqual(
      events.map(({ seq }) => seq),
    );
  });
});

function audit() {
  const base = {
    id: randomUUID(),
    at: 0,
    userId: null,
    userName: null,
    tokenId: null,
    action: "user.remove",
  };
  return { ...base, target: null, decision: "allowed", detail: null, address: null, count: 1 } as const;
}
