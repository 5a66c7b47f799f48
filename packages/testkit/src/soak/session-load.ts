import { followSession, followTask, type TrunklineClient } from "@trunkline/client";
import { readTokenStamps } from "../fake-provider/token-stamp.ts";
import { monotonicMicros } from "../monotonic-micros.ts";

/** What the load has seen. */
export interface LoadCounts {
  tasks: number;
  tokens: number;
  /** Connections of subscribers that were cut in the middle. */
  kills: number;
  /** Calls that the provider refused or cut off. */
  faults: number;
  problems: string[];
}

export interface SessionLoadOptions {
  client: TrunklineClient;
  counts: LoadCounts;
  random: () => number;
  /** Called with each token's way from the provider to the subscriber, in ms. */
  onLatency: (ms: number) => void;
  /** When the load ends. */
  signal: AbortSignal;
}

const TOKENS = 30;
const PER_SECOND = 15;
/** Then the session is deleted, and another begun. */
const TASKS_PER_SESSION = 8;
/** Problems that are kept. */
const MAX_PROBLEMS = 20;

/** One user's session: task after task, in new sessions now and then, with a subscriber that keeps dying beside one that stays. */
export async function loadSession(options: SessionLoadOptions): Promise<void> {
  const { client, counts, signal } = options;
  const noted = (error: unknown): undefined => {
    const at = new Date().toISOString();
    if (counts.problems.length < MAX_PROBLEMS) counts.problems.push(`${at} ${String(error)}`);
    return undefined;
  };
  while (!signal.aborted) {
    let sessionId: string | undefined;
    for (let task = 0; task < TASKS_PER_SESSION && !signal.aborted; task++) {
      sessionId = await runTask(options, sessionId).catch(noted);
    }
    if (sessionId !== undefined) await client.session.delete.mutate({ sessionId }).catch(noted);
  }
}

async function runTask(options: SessionLoadOptions, sessionId: string | undefined): Promise<string> {
  const { client, counts, random, onLatency } = options;
  const { lines, faults } = script(random);
  counts.faults += faults;
  const prompt = lines.join("\n");
  const submitted = await client.task.submit.mutate({
    prompt,
    ...(sessionId !== undefined && { sessionId }),
  });
  const ended = new AbortController();
  const dying = dieAgainAndAgain(options, submitted.sessionId, ended.signal);
  const whole = new Set<number>();
  try {
    for await (const event of followTask(client, submitted)) {
      const at = monotonicMicros();
      if (event.type === "text.delta") {
        for (const { emittedAtUs } of readTokenStamps(event.data.text)) onLatency((at - emittedAtUs) / 1_000);
      } else if (event.type === "text.ended") {
        for (const { index } of readTokenStamps(event.data.text)) whole.add(index);
      }
    }
  } finally {
    ended.abort();
    await dying;
  }
  const { state, errorMessage } = await client.task.get.query({ taskId: submitted.taskId });
  if (state !== "completed") throw new Error(`task ${submitted.taskId} is ${state}: ${errorMessage ?? ""}`);
  if (whole.size !== TOKENS)
    throw new Error(`task ${submitted.taskId} has ${whole.size} of ${TOKENS} tokens`);
  counts.tasks += 1;
  counts.tokens += TOKENS;
  return submitted.sessionId;
}

/** The fake provider's script: text, sometimes a tool before it, sometimes a fault that a retry gets over. */
function script(random: () => number): { lines: string[]; faults: number } {
  const tool = random() < 0.3 ? ['tool: list_files {"path":"."}'] : [];
  const chance = random();
  const fault = chance < 0.06 ? ["fail: 503 x1"] : chance < 0.1 ? ["cut: 200 x1"] : [];
  return { lines: [...tool, ...fault, `tokens: ${TOKENS} @ ${PER_SECOND}/s`], faults: fault.length };
}

/** Follows the session, is cut off at any moment, and comes back from the start. */
async function dieAgainAndAgain(
  options: SessionLoadOptions,
  sessionId: string,
  signal: AbortSignal,
): Promise<void> {
  const { client, counts, random } = options;
  while (!signal.aborted) {
    const life = AbortSignal.timeout(Math.round(100 + random() * 2_000));
    try {
      const stream = followSession(client, { sessionId, signal: AbortSignal.any([signal, life]) });
      for await (const _batch of stream);
    } catch (error) {
      if (!signal.aborted && counts.problems.length < MAX_PROBLEMS) counts.problems.push(String(error));
      return;
    }
    if (life.aborted) counts.kills += 1;
  }
}
