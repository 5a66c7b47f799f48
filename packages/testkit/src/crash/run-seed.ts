import assert from "node:assert/strict";
import { createClient } from "@trunkline/client";
import { assertLogHolds, assertReceivedEqualsLog, isTerminalEvent } from "../event-log-checkers.ts";
import { readLog } from "../read-log.ts";
import { seededRandom } from "../seeded-random.ts";
import type { ServerFixture } from "../server-fixture.ts";
import { waitFor, withDeadline } from "../wait-for.ts";
import { assertFamilyHolds, cancelFamily, familyPromptOf } from "./family.ts";
import { SessionLedger } from "./ledger.ts";
import { processesBelow } from "../processes-below.ts";
import { assertSideEffectsOnce } from "./side-effects.ts";
import { type Acknowledged, promptOf, SESSIONS, submitForSure, TASKS_PER_SESSION } from "./workload.ts";

export interface SeedResult {
  kills: number;
  acknowledged: number;
  events: number;
  /** From the restart to the first event of a session that was active, in ms. */
  recoveryMs: number[];
}

export interface SeedOptions {
  /** From a restart to the first event of each session that was active. More where the machine is busy with other tests. */
  goesOnWithinMs?: number;
}

/** Range of events after which to kill; every seed has more. */
const KILL_WINDOW = 350;

/**
 * One seed: submits and follows tasks, kills (-9) the server after the n-th event, one to three times, and restarts it
 * on the same data. Throws if anything acknowledged is missing or duplicated.
 */
export async function runSeed(
  server: ServerFixture,
  seed: number,
  { goesOnWithinMs = 15_000 }: SeedOptions = {},
): Promise<SeedResult> {
  const random = seededRandom(seed);
  const client = createClient({ url: server.url, token: server.token });
  const controller = new AbortController();
  const { signal } = controller;
  const ledgers = new Map<string, SessionLedger>();
  const acknowledged: Acknowledged[] = [];
  const following: Promise<void>[] = [];
  const recoveryMs: number[] = [];

  const kills = 1 + Math.floor(random() * 3);
  const killAfter = Array.from({ length: kills }, () => 1 + Math.floor(random() * KILL_WINDOW)).toSorted(
    (a, b) => a - b,
  );
  let seen = 0;
  let chaos: Promise<void> = Promise.resolve();
  const onEvents = (count: number): void => {
    seen += count;
    while (killAfter[0] !== undefined && seen >= killAfter[0]) {
      killAfter.shift();
      chaos = chaos.then(crash);
    }
  };

  async function crash(): Promise<void> {
    await server.kill();
    const killedAt = performance.now();
    const underWay = [...ledgers.values()].filter(isUnderWay);
    await server.restart();
    for (const ledger of underWay) {
      const at = await withDeadline("a session to go on", firstEventAfter(ledger, killedAt), {
        timeoutMs: goesOnWithinMs,
      });
      recoveryMs.push(at - killedAt);
    }
  }

  async function submitSession(name: string): Promise<void> {
    let sessionId: string | undefined;
    for (let index = 0; index < TASKS_PER_SESSION; index++) {
      const file = `${name}-${index}.txt`;
      const isFamily = index === TASKS_PER_SESSION - 1;
      const prompt = isFamily ? familyPromptOf(file) : promptOf(file);
      const idempotencyKey = `${seed}-${file}`;
      const ack = await submitForSure(client, { prompt, sessionId, idempotencyKey }, signal);
      acknowledged.push({ ...ack, prompt, idempotencyKey, file, isFamily });
      if (sessionId === undefined) {
        const ledger = new SessionLedger(ack.sessionId);
        ledgers.set(ack.sessionId, ledger);
        following.push(ledger.follow(client, signal, onEvents));
      }
      sessionId = ack.sessionId;
    }
  }

  try {
    await Promise.all(
      Array.from({ length: SESSIONS }, async (_, index) => submitSession(`seed${seed}-${index}`)),
    );
    // Every other seed cancels one family, while its writer or its readers are at work.
    const canceled = acknowledged.findLast(({ isFamily }) => isFamily)!;
    const canceling =
      seed % 2 === 0
        ? cancelFamily(client, canceled, ledgers.get(canceled.sessionId)!, {
            afterStarted: 1 + (Math.floor(seed / 2) % 3),
            signal,
          })
        : Promise.resolve();
    canceling.catch(() => undefined);
    await withDeadline(
      `the tasks of seed ${seed} to end`,
      Promise.all(
        Array.from(ledgers, async ([sessionId, ledger]) =>
          ledger.whenEnded(
            new Set(acknowledged.filter((a) => a.sessionId === sessionId).map((a) => a.taskId)),
          ),
        ),
      ),
      { timeoutMs: 240_000 },
    );
    await canceling;
    await chaos;
    await assertNothingLost(server, client, ledgers, acknowledged);
  } finally {
    controller.abort();
    await Promise.allSettled(following);
  }
  const events = [...ledgers.values()].reduce((sum, ledger) => sum + ledger.received.length, 0);
  return { kills: kills - killAfter.length, acknowledged: acknowledged.length, events, recoveryMs };
}

async function assertNothingLost(
  server: ServerFixture,
  client: ReturnType<typeof createClient>,
  ledgers: ReadonlyMap<string, SessionLedger>,
  acknowledged: readonly Acknowledged[],
): Promise<void> {
  assert.equal(new Set(acknowledged.map((ack) => ack.taskId)).size, acknowledged.length);
  for (const [sessionId, ledger] of ledgers) {
    const log = await readLog(client, sessionId);
    assertLogHolds(log);
    assertReceivedEqualsLog(ledger.received, log);
    const { session } = await client.session.get.query({ sessionId });
    for (const task of acknowledged.filter((ack) => ack.sessionId === sessionId)) {
      const submitted = log.filter(
        (event) => event.type === "task.submitted" && event.taskId === task.taskId,
      );
      assert.equal(submitted.length, 1, `task ${task.taskId} was submitted ${submitted.length} times`);
      if (task.isFamily) await assertFamilyHolds(client, task, session.workspace, log);
      else await assertSideEffectsOnce(task, session.workspace, log);
    }
  }
  await waitFor(
    "the tools' processes to be gone",
    async () => (await processesBelow(`${server.dataDir}/workspaces`)).length === 0,
  );
}

function isUnderWay({ received }: SessionLedger): boolean {
  const last = received.findLast((event) => event.type.startsWith("task."));
  // What waits for its subagents goes on when they have ended.
  return last !== undefined && !isTerminalEvent(last) && last.type !== "task.input-required";
}

/** When the first event after the given moment arrived that shows that the session continues. */
async function firstEventAfter(ledger: SessionLedger, moment: number): Promise<number> {
  for (;;) {
    const at = ledger.receivedAt.find((time, index) => {
      const type = ledger.received[index]?.type ?? "";
      return time > moment && /^task\.(started|resumed|completed|failed|canceled)$/.test(type);
    });
    if (at !== undefined) return at;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
