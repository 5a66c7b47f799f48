import { followTask, type TrunklineClient } from "@trunkline/client";

/** A session with one of everything: completed, running and queued tasks. */
export interface BusySession {
  sessionId: string;
  /** Completed, with a tool call. */
  ended: string;
  /** Runs until it is canceled. */
  active: string;
  /** A task in another session that waits for both. */
  asking: { sessionId: string; approvalId: string; questionId: string };
  /** Queued, in this order. */
  queued: [string, string];
}

/** A file in its workspace, with the word in it. */
export const FILE = "found.txt";
/** A word in its tool's output. */
export const WORD = "needle";

export async function startBusySession(client: TrunklineClient): Promise<BusySession> {
  return { ...(await startQueue(client)), asking: await startAsking(client) };
}

/** The same without the task that asks. */
export async function startQueue(client: TrunklineClient): Promise<Omit<BusySession, "asking">> {
  const first = await client.task.submit.mutate({
    prompt: `run: printf %s ${WORD} | tee ${FILE}\nsay: done`,
  });
  const { sessionId } = first;
  for await (const event of followTask(client, first)) if (event.type === "task.completed") break;
  const submit = async (prompt: string) => client.task.submit.mutate({ sessionId, prompt });
  // Says nothing but dots, and takes longer than a command may, which ends after two minutes.
  const active = await submit("list\nwait: 3600");
  for await (const event of followTask(client, active))
    if (event.type === "step.started" && event.data.step === 2) break;
  const queued: BusySession["queued"] = [
    (await submit("say: one")).taskId,
    (await submit("say: two")).taskId,
  ];
  return { sessionId, ended: first.taskId, active: active.taskId, queued };
}

export async function startAsking(client: TrunklineClient): Promise<BusySession["asking"]> {
  // Once the first address has been fetched, the second call needs an approval.
  const task = await client.task.submit.mutate({
    prompt: "fetch: http://127.0.0.1:1/\nfetch: http://127.0.0.1:2/\nask: May I?",
  });
  let approvalId: string | undefined;
  let questionId: string | undefined;
  for await (const { type, data } of followTask(client, task)) {
    if (type === "approval.requested") approvalId = data.approvalId;
    if (type === "question.asked") questionId = data.questionId;
    if (approvalId === undefined || questionId === undefined) continue;
    return { sessionId: task.sessionId, approvalId, questionId };
  }
  throw new Error("the task ended without having asked");
}
