import assert from "node:assert/strict";
import { isApiError, type TrunklineClient } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import { assertLogHolds, isTerminalEvent } from "../event-log-checkers.ts";
import { readLog } from "../read-log.ts";
import { waitFor } from "../wait-for.ts";
import type { SessionLedger } from "./ledger.ts";
import { assertSideEffectsOnce } from "./side-effects.ts";
import { type Acknowledged, promptOf, untilAnswered } from "./workload.ts";

/** Subagents of a family that comes to its end: one that writes, then two that read at the same time. */
const SUBAGENTS = 3;
const WRITER = "writes";

type Child = Extract<SessionEvent, { type: "subagent.started" }>["data"];

/** The fake provider's script of a task whose lines in the file are written by a subagent. */
export function familyPromptOf(file: string, pace?: Parameters<typeof promptOf>[1]): string {
  const text = "tokens: 2";
  const subagent = (title: string, prompt: string) =>
    `subagent ${JSON.stringify({ title, prompt, may_change: title === WRITER })}`;
  const reader = [text, 'tool: list_files {"path":"."}', text].join("\n");
  return [
    text,
    `tool: ${subagent(WRITER, promptOf(file, pace))}`,
    `tool: ${subagent("reads", reader)}`,
    `also: ${subagent("reads, too", reader)}`,
    text,
  ].join("\n");
}

/** Cancels the family once this many of its subagents have started; does nothing where it ended before. */
export async function cancelFamily(
  client: TrunklineClient,
  { taskId }: { taskId: string },
  { received }: SessionLedger,
  { afterStarted, signal }: { afterStarted: number; signal: AbortSignal },
): Promise<void> {
  const ofIt = (): SessionEvent[] => received.filter((event) => event.taskId === taskId);
  await waitFor(
    "subagents to cancel",
    () =>
      ofIt().some(isTerminalEvent) ||
      ofIt().filter(({ type }) => type === "subagent.started").length >= afterStarted,
    { timeoutMs: 240_000 },
  );
  await untilAnswered(async () => client.task.cancel.mutate({ taskId }, { signal }), signal);
}

/**
 * Each subagent of an ended task exists once, has one terminal event, and told its end once; none is left at work.
 * @param log of the task's session
 */
export async function assertFamilyHolds(
  client: TrunklineClient,
  task: Acknowledged,
  workspace: string,
  log: readonly SessionEvent[],
): Promise<void> {
  const own = log.filter((event) => event.taskId === task.taskId);
  const isCompleted = own.some(({ type }) => type === "task.completed");
  const started = own.flatMap((event) => (event.type === "subagent.started" ? [event.data] : []));
  assert.equal(new Set(started.map(({ callId }) => callId)).size, started.length, "a call has two subagents");
  if (isCompleted) assert.equal(started.length, SUBAGENTS);
  for (const child of started) {
    const told = own.flatMap((event) =>
      event.type === "subagent.ended" && event.data.taskId === child.taskId ? [event.data] : [],
    );
    assert.ok(
      isCompleted ? told.length === 1 : told.length <= 1,
      `${child.title} ended ${told.length} times`,
    );
    const end = await assertChildHolds(client, task, child, workspace);
    // It was canceled between the announcement and the subagent's creation.
    if (end === null) assert.ok(!isCompleted, `${child.title} never existed`);
    else if (told[0] !== undefined) assert.equal(end, `task.${told[0].state}`);
  }
}

/** @returns the type of its terminal event; null if it was never created */
async function assertChildHolds(
  client: TrunklineClient,
  parent: Acknowledged,
  { taskId, sessionId, title }: Child,
  workspace: string,
): Promise<string | null> {
  const exists = await client.task.get.query({ taskId }).then(
    () => true,
    (error: unknown) => {
      if (isApiError(error) && error.reason === "not_found") return false;
      throw error;
    },
  );
  if (!exists) return null;
  await waitFor(
    `the subagent that ${title} to end`,
    async () => (await client.task.get.query({ taskId })).endedAt !== null,
  );
  const log = await readLog(client, sessionId);
  assertLogHolds(log);
  assert.equal(log.filter(({ type }) => type === "task.submitted").length, 1, `${title} was submitted twice`);
  const ends = log.filter(isTerminalEvent);
  assert.equal(ends.length, 1, `${title} has ${ends.length} terminal events`);
  if (title === WRITER) await assertSideEffectsOnce({ ...parent, taskId }, workspace, log);
  return ends[0]!.type;
}
