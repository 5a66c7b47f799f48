/* Installed and run in an empty project; see installed-client.int.test.ts. */
import {
  createClient,
  endStateOf,
  followTask,
  isApiError,
  watchSession,
  type EventBatch,
  type SessionEvent,
  type Task,
} from "@trunkline/client";

const url = process.env["TRUNKLINE_URL"] ?? "";
const client = createClient({ url, token: process.env["TRUNKLINE_TOKEN"] });

const submitted = await client.task.submit.mutate({ prompt: "run: echo installed" });
const task: Task = submitted.task;
const events: SessionEvent[] = [];
for await (const event of followTask(client, submitted)) {
  events.push(event);
  if (event.type === "tool.ended") console.log(event.data.status, event.data.output.trim());
}
console.log(
  task.id === submitted.taskId,
  events.map(endStateOf).findLast((state) => state !== null),
);

const watched: EventBatch = await new Promise((resolve, reject) => {
  const stop = watchSession(client, {
    sessionId: submitted.sessionId,
    onBatch(batch) {
      stop();
      resolve(batch);
    },
    onError: reject,
  });
});
console.log(watched.events[0]?.type);

try {
  await createClient({ url, token: "wrong" }).server.info.query();
} catch (error) {
  console.log(isApiError(error, "unauthorized") ? error.httpStatus : error);
}
