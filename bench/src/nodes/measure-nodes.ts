import { availableParallelism } from "node:os";
import { monotonicMicros, PostgresServer } from "@trunkline/testkit";
import { simulateThroughput, type TaskCost } from "../capacity/simulate.ts";
import type { BenchRun, Server } from "../measures/bench-run.ts";
import { readProcessTree } from "../processes/process-tree.ts";
import type { Row } from "../report/row.ts";
import { RawPostgres } from "../store/raw-postgres.ts";
import { startNodes } from "./start-nodes.ts";

const NODES = [1, 2, 3];
/** Of the yardstick: slightly more than a node commits with. */
const CONNECTIONS = 8;
/** Enough that none has much history, and all nodes have work. */
const SESSIONS = 120;
/** Concurrent submits in total. */
const WINDOW = 64;
/** Successive commits of a task: submitted, started, its step's start and end, completed. */
const COMMITS_PER_TASK = 5;
/** The store's default. */
const LANES = 4;

interface Measured {
  tasksPerSecond: number;
  eventsPerSecond: number;
  /** CPU per task, in ms. */
  nodesMs: number;
  storeMs: number;
  clientMs: number;
  storedBytesEach: number;
}

/** No-op tasks on one, two and three nodes sharing the cores of one machine and one PostgreSQL. */
export async function measureNodes(run: BenchRun): Promise<Row[]> {
  const durationMs = run.quick ? 3_000 : 10_000;
  await using postgres = await PostgresServer.start();
  await using raw = await RawPostgres.open(await postgres.createDatabase(), CONNECTIONS);
  const appends = run.quick ? 4_000 : 20_000;
  const { perSecond: plain } = await raw.append("plain pg", appends, { sessions: 1, eventsEach: 1 });
  const flushMs = await measureFlush(postgres);
  const rows: Row[] = [];
  let cost: TaskCost | undefined;
  let alone = 0;
  for (const count of NODES) {
    const measured = await runNodes(run, postgres, count, durationMs);
    const { tasksPerSecond, eventsPerSecond, nodesMs, storeMs, clientMs } = measured;
    // The cost of a task is measured on one node; the gain of more nodes is predicted from it.
    cost ??= { nodeMs: nodesMs, storeMs, clientMs, commits: COMMITS_PER_TASK, flushMs };
    alone ||= tasksPerSecond;
    const predicted = simulateThroughput(cost, {
      cores: availableParallelism(),
      nodes: count,
      lanes: LANES,
      tasksAtOnce: WINDOW,
    });
    const group = `No-op tasks, ${count} ${count === 1 ? "node" : "nodes"}`;
    const simulated = { what: "simulated from one node's cost", value: predicted };
    rows.push(
      { group, measure: "tasks", unit: "tasks/s", ours: tasksPerSecond, yardstick: simulated },
      {
        group,
        measure: "events stored",
        unit: "events/s",
        ours: eventsPerSecond,
        yardstick: { what: "plain pg appends", value: plain },
      },
      { group, measure: "CPU of the nodes", unit: "ms per task", ours: nodesMs },
      { group, measure: "CPU of PostgreSQL", unit: "ms per task", ours: storeMs },
      { group, measure: "CPU of the client", unit: "ms per task", ours: clientMs },
      { group, measure: "stored", unit: "bytes per task", ours: measured.storedBytesEach },
      {
        group,
        measure: "tasks beside one node",
        unit: "tasks/s",
        ours: tasksPerSecond,
        yardstick: { what: "one node", value: alone },
      },
    );
  }
  return rows;
}

/** Latency of a commit on an otherwise idle connection, in ms: mostly the flush. */
async function measureFlush(postgres: PostgresServer): Promise<number> {
  const url = await postgres.createDatabase();
  const database = new URL(url).pathname.slice(1);
  await postgres.sql("create table flushed (at bigint)", database);
  const statements = Array.from({ length: 200 }, () => "insert into flushed values (1);").join("\n");
  const startedAt = performance.now();
  // Several statements in one message are one transaction, so send each separately.
  await postgres.sql(statements.replaceAll(";", "; commit; begin;").replace(/begin;$/, ""), database);
  return (performance.now() - startedAt) / 200;
}

async function runNodes(
  run: BenchRun,
  postgres: PostgresServer,
  count: number,
  durationMs: number,
): Promise<Measured> {
  await using cluster = await startNodes(run, postgres, count);
  const { nodes } = cluster;
  await runTasks(run, nodes, durationMs / 5);

  const bytesBefore = await cluster.storedBytes();
  const before = usage(nodes, postgres);
  const { tasks, events, seconds } = await runTasks(run, nodes, durationMs);
  const after = usage(nodes, postgres);
  return {
    tasksPerSecond: tasks / seconds,
    eventsPerSecond: events / seconds,
    nodesMs: (after.nodes - before.nodes) / tasks,
    storeMs: (after.store - before.store) / tasks,
    clientMs: (after.client - before.client) / tasks,
    storedBytesEach: ((await cluster.storedBytes()) - bytesBefore) / tasks,
  };
}

/** Each session is submitted to, and followed on, one of the nodes. */
async function runTasks(
  run: BenchRun,
  nodes: readonly Server[],
  durationMs: number,
): Promise<{ tasks: number; events: number; seconds: number }> {
  const [first] = nodes;
  if (first === undefined) throw new Error("there is no node");
  const sessions = await first.createSessions(SESSIONS);
  const nodeOf = (index: number): Server => nodes[index % nodes.length] ?? first;
  await using subscribers = run.startSubscribers();
  const requests = sessions.map((id, index) => nodeOf(index).subscription(id));
  await subscribers.ask("open", { read: "tasks", requests });
  await Promise.all(nodes.map(async ({ calls }) => calls.warm(Math.ceil(WINDOW / nodes.length))));

  const startedAtUs = monotonicMicros();
  const end = performance.now() + durationMs;
  let tasks = 0;
  await Promise.all(
    Array.from({ length: WINDOW }, async () => {
      while (performance.now() < end) {
        const index = tasks++ % SESSIONS;
        await nodeOf(index).calls.post("/trpc/task.submit", {
          sessionId: sessions[index],
          prompt: "say: ok",
        });
      }
    }),
  );
  const { lastAtUs } = await subscribers.ask("tasksCompleted", { tasks });
  const ends = await Promise.all(
    sessions.map(async (sessionId) => first.query("session.get", { sessionId })),
  );
  const events = ends.reduce(
    (sum, { data }) => sum + (data as { session: { lastSeq: number } }).session.lastSeq - 1,
    0,
  );
  return { tasks, events, seconds: (lastAtUs - startedAtUs) / 1e6 };
}

function usage(
  nodes: readonly Server[],
  postgres: PostgresServer,
): Record<"nodes" | "store" | "client", number> {
  const ofNodes = nodes.reduce((sum, { pid }) => sum + readProcessTree(pid).cpuMs, 0);
  const ofStore = readProcessTree(postgres.pid).cpuMs;
  return { nodes: ofNodes, store: ofStore, client: readProcessTree(process.pid).cpuMs - ofNodes - ofStore };
}
