import { endStateOf, type SessionEvent } from "@trunkline/contract";
import type { TrunklineClient } from "./client.ts";
import { followSession, type FollowOptions } from "./follow-session.ts";

export interface FollowTaskOptions extends FollowOptions {
  taskId: string;
}

/**
 * Follows one task: its events in order, exactly once, until it ends. A task that has ended is replayed if `after` is
 * before its end. A message for a running task (`whenBusy: 'steer'`) is followed in that task once it was handed over.
 *
 * @throws TrunklineApiError as `followSession` does
 *
 * @example
 * const submitted = await client.task.submit.mutate({ prompt: "run: ls -la" });
 * for await (const event of followTask(client, submitted)) console.log(event.type, event.data);
 */
export async function* followTask(
  client: TrunklineClient,
  { taskId, ...options }: FollowTaskOptions,
): AsyncGenerator<SessionEvent, void> {
  let followed = taskId;
  for await (const { events } of followSession(client, options)) {
    for (const event of events) {
      if (event.type === "task.steered" && event.data.steeredTaskId === followed && event.taskId !== null) {
        followed = event.taskId;
      }
      if (event.taskId !== followed) continue;
      yield event;
      if (endStateOf(event) !== null) return;
    }
  }
}
