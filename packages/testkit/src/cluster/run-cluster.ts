import assert from "node:assert/strict";
import { createClient, type TrunklineClient } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import { assertFamilyHolds, familyPromptOf } from "../crash/family.ts";
import { SessionLedger } from "../crash/ledger.ts";
import { processesBelow } from "../processes-below.ts";
import { assertSideEffectsOnce } from "../crash/side-effects.ts";
import { type Acknowledged, promptOf, submitForSure, STEPS_PER_TASK } from "../crash/workload.ts";
import { assertLogHolds, assertReceivedEqualsLog, assertStartedInOrder } from "../event-log-checkers.ts";
import { readLog } from "../read-log.ts";
import { seededRandom } from "../seeded-random.ts";
import type { ServerFixture } from "../server-fixture.ts";
import { waitFor, withDeadline } from "../wait-for.ts";
import { causeChaos, type Mishap } from "./chaos.ts";
import type { Cluster } from "./cluster.ts";
import { findSilences, type Silences } from "./silences.ts";

export interface ClusterRunOptions {
  tasks: number;
  sessions: number;
  subscribers: number;
  /** How long tasks run and faults happen. */
  seconds: number;
  stoppedSeconds: number;
  mishaps: readonly Mishap[];
  /** Whether the last task of each session has subagents; default true. */
  withSubagents?: boolean;
  seed: number;
  /** How long a task may be without a live owner, in ms. More where the machine is busy with other tests. */
  maxSilenceMs?: number;
  onMishap: (what: string) => void;
}

export interface ClusterResult extends Silences {
  acknowledged: number;
  completed: number;
  received: number;
  /** Attempts beyond each task's first. */
  resumed: number;
  /** Writes refused because the run had lost its task. */
  refusedWrites: number;
}

/** Maximum time after the last fault until everything has ended. */
const PATIENCE_MS = 240_000;
const TOKENS_PER_SECOND = 10;
const REFUSED_WRITE = "a write of a run that has lost its task was refused";

/**
 * Sessions with streaming tasks and tools, followed through all nodes while nodes and PostgreSQL fail.
 * @throws AssertionError if anything acknowledged is missing, duplicated, out of order or without an owner for too long
 */
export async function runCluster(cluster: Cluster, options: ClusterRunOptions): Promise<ClusterResult> {
  const { seed, seconds, subscribers, sessions, tasks, mishaps, onMishap } = options;
  const { withSubagents = true, maxSilenceMs = 15_000 } = options;
  const [{ token, client: direct }] = cluster.nodes as [ServerFixture];
  const client = createClient({ url: cluster.front.url, token });
  const controller = new AbortController();
  const { signal } = controller;
  const ledgers: SessionLedger[] = [];
  const following: Promise<void>[] = [];
  const acknowledged: Acknowledged[] = [];

  async function submitSession(session: number): Promise<void> {
    let sessionId: string | undefined;
    for (let index = session; index < tasks; index += sessions) {
      const file = `seed${seed}-${index}.txt`;
      // The last task of each session has subagents, which any node may run.
      const isFamily = withSubagents && index + sessions >= tasks;
      const prompt = isFamily ? familyPromptOf(file, paceOf(options)) : promptOf(file, paceOf(options));
      const idempotencyKey = `${seed}-${file}`;
      const ack = await submitForSure(client, { prompt, sessionId, idempotencyKey }, signal);
      acknowledged.push({ ...ack, prompt, idempotencyKey, file, isFamily });
      sessionId ??= ack.sessionId;
    }
    assert(sessionId !== undefined);
    for (let index = session; index < subscribers; index += sessions) {
      const ledger = new SessionLedger(sessionId);
      ledgers.push(ledger);
      following.push(ledger.follow(client, signal, () => {}));
    }
  }

  try {
    await Promise.all(Array.from({ length: sessions }, async (_, index) => submitSession(index)));
    await causeChaos(cluster, {
      mishaps,
      duringMs: seconds * 1_000,
      stoppedMs: options.stoppedSeconds * 1_000,
      random: seededRandom(seed),
      onMishap,
    });
    const tasksOf = Map.groupBy(acknowledged, (ack) => ack.sessionId);
    await withDeadline(
      "all tasks to end",
      Promise.all(
        ledgers.map(async (ledger) =>
          ledger.whenEnded(new Set(tasksOf.get(ledger.sessionId)?.map(({ taskId }) => taskId))),
        ),
      ),
      { timeoutMs: PATIENCE_MS },
    );
    assert.equal(new Set(acknowledged.map(({ taskId }) => taskId)).size, tasks);
    const logs: SessionEvent[][] = [];
    const silences: Silences = { atWork: 0, atTurn: 0 };
    for (const [sessionId, own] of tasksOf) {
      const followers = ledgers.filter((ledger) => ledger.sessionId === sessionId);
      const log = await checkSession(direct, sessionId, own, followers);
      logs.push(log);
      const { atWork, atTurn } = findSilences(unionOf([log, ...followers.map(({ received }) => received)]));
      silences.atWork = Math.max(silences.atWork, atWork);
      silences.atTurn = Math.max(silences.atTurn, atTurn);
    }
    assert.ok(silences.atWork <= maxSilenceMs, `a task was alone for ${silences.atWork} ms`);
    assert.ok(silences.atTurn <= maxSilenceMs, `a task whose turn it was waited ${silences.atTurn} ms`);
    await waitFor(
      "the tools' processes to be gone",
      async () => (await processesBelow(`${cluster.sharedDir}/workspaces`)).length === 0,
    );
    const starts = logs.flat().filter(({ type }) => type === "task.started").length;
    return {
      ...silences,
      acknowledged: acknowledged.length,
      completed: logs.flat().filter(({ type }) => type === "task.completed").length,
      received: ledgers.reduce((sum, { received }) => sum + received.length, 0),
      resumed: starts - tasks,
      refusedWrites: cluster.nodes.reduce(
        (sum, { logs: text }) => sum + text.split(REFUSED_WRITE).length - 1,
        0,
      ),
    };
  } finally {
    controller.abort();
    await Promise.allSettled(following);
  }
}

/** Tokens between two tools, so that a session's tasks take most of the time with faults. */
function paceOf({ tasks, sessions, seconds }: ClusterRunOptions): { tokens: number; perSecond: number } {
  const taskSeconds = (seconds * 0.8) / Math.ceil(tasks / sessions);
  const tokens = Math.max(2, Math.round((taskSeconds / (STEPS_PER_TASK + 1)) * TOKENS_PER_SECOND));
  return { tokens, perSecond: TOKENS_PER_SECOND };
}

async function checkSession(
  client: TrunklineClient,
  sessionId: string,
  tasks: readonly Acknowledged[],
  followers: readonly SessionLedger[],
): Promise<SessionEvent[]> {
  const log = await readLog(client, sessionId);
  assertLogHolds(log);
  assertStartedInOrder(log);
  const lastSeq = log.at(-1)?.seq;
  for (const { received } of followers) {
    await waitFor("a subscriber to catch up", () => received.at(-1)?.seq === lastSeq);
    assertReceivedEqualsLog(received, log);
  }
  const { session } = await client.session.get.query({ sessionId });
  for (const task of tasks) {
    const submissions = log.filter(({ type, taskId }) => type === "task.submitted" && taskId === task.taskId);
    assert.equal(submissions.length, 1, `task ${task.taskId} was submitted ${submissions.length} times`);
    if (task.isFamily) await assertFamilyHolds(client, task, session.workspace, log);
    else await assertSideEffectsOnce(task, session.workspace, log);
  }
  return log;
}

function unionOf(parts: readonly (readonly SessionEvent[])[]): SessionEvent[] {
  return [...new Map(parts.flat().map((event) => [event.seq, event])).values()];
}
