import type { EventDataOf } from "@trunkline/contract";
import type { RunInput } from "../../agent/port.ts";
import { done, type Script } from "./scripted-server.ts";

/** Asks for all these calls at once, and completes when the next run finds them all answered. */
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
