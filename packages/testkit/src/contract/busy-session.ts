import { randomUUID } from "node:crypto";
import { followTask, type TrunklineClient } from "@trunkline/client";

/** A session in which everything has happened that procedures tell of: something is done, under way, and queued. */
export interface BusySession {
  sessionId: string;
  /** Completed, with a tool call. */
  ended: string;
  /** Working until it is canceled. */
  active: string;
  /** A task of another session waits for this approval; until the agent asks by questions, the question is none. */
  asking: { sessionId: string; approvalId: string; questionId: string };
  /** Waiting, in this order. */
  queued: [string, string];
}

/** A word that its tool puts out. */
export const WORD = "needle";

export async function startBusySession(client: TrunklineClient): Promise<BusySession> {
  const first = await client.task.submit.mutate({ prompt: `run: printf %s ${WORD}\nsay: done` });
  const { sessionId } = first;
  for await (const event of followTask(client, first)) if (event.type === "task.completed") break;
  const submit = async (prompt: string) => client.task.submit.mutate({ sessionId, prompt });
  const active = await submit("wait: 600");
  for await (const event of followTask(client, active)) if (event.type === "step.started") break;
  const queued: BusySession["queued"] = [
    (await submit("say: one")).taskId,
    (await submit("say: two")).taskId,
  ];
  return {
    sessionId,
    ended: first.taskId,
    active: active.taskId,
    queued,
    asking: await startAsking(client),
  };
}

async function startAsking(client: TrunklineClient): Promise<BusySession["asking"]> {
  const task = await client.task.submit.mutate({ prompt: "ask: May I?" });
  for await (const { type, data } of followTask(client, task)) {
    if (type !== "approval.requested") continue;
    return { sessionId: task.sessionId, approvalId: data.approvalId, questionId: randomUUID() };
  }
  throw new Error("the task ended without having asked");
}
