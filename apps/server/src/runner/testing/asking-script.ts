import type { EventDataOf } from "@trunkline/contract";
import type { RunInput } from "../../agent/port.ts";
import { done, type Script } from "./scripted-server.ts";

/** Asks for each of these calls at once, and is done when the run that comes after the answers finds them all. */
export function askingScript(...callIds: string[]): Script {
  return async (input) => {
    const asked = await readRequests(input);
    if (asked.length > 0) return done();
    const approvals = callIds.map((callId) => ({
      callId,
      tool: "bash",
      input: { command: callId },
      reason: "the test wants to know",
      always: "bash",
    }));
    return { type: "input-required", approvals, questions: [] };
  };
}

async function readRequests({ log, taskId }: RunInput): Promise<EventDataOf<"approval.requested">[]> {
  const events = await Array.fromAsync(log.ofTypes(["approval.requested"]));
  return events.flatMap((event) => (event.taskId === taskId ? [event.data] : []));
}
