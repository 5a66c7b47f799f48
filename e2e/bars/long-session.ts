import { randomUUID } from "node:crypto";
import type { TrunklineClient } from "@trunkline/client";
import { waitFor } from "@trunkline/testkit";

/**
 * Creates a session of about this many events by running one task and importing copies of it.
 *
 * @returns its id.
 */
export async function makeLongSession(
  { client }: { client: TrunklineClient },
  events: number,
): Promise<string> {
  const prompt =
    'think: I should look first\ntool: bash {"command":"echo one; echo two"}\nreply: # Title\\n\\nSome **words** and `code`.\\n\\n- a\\n- b';
  const { sessionId, taskId } = await client.task.submit.mutate({ prompt });
  await waitFor("the end of the task", async () => {
    const { session } = await client.session.get.query({ sessionId });
    return session.status === "idle";
  });
  const document = await client.session.export.query({ sessionId });
  const [first, ...rest] = document.events;
  const [task] = document.tasks;
  if (first === undefined || task === undefined) throw new Error("the session that was exported is empty");
  const copies = Math.ceil(events / rest.length);
  const tasks: typeof document.tasks = [];
  const all = [first];
  for (let copy = 0; copy < copies; copy++) {
    const id = randomUUID();
    tasks.push({ ...task, id, pos: copy + 1 });
    for (const event of rest) {
      const text = JSON.stringify(event)
        .replaceAll(taskId, id)
        .replaceAll(/"((?:call|block)Id)":"([^"]+)"/g, `"$1":"$2-${copy}"`);
      all.push({ ...(JSON.parse(text) as typeof event), seq: all.length + 1 });
    }
  }
  const { session } = await client.session.import.mutate({ document: { ...document, tasks, events: all } });
  return session.id;
}
