import { randomUUID } from "node:crypto";
import type { ToolContext } from "../port.ts";

/** Tool context for tests that make calls without an agent. */
export function toolContext(context: Partial<ToolContext> & Pick<ToolContext, "workspace">): ToolContext {
  return {
    sessionId: randomUUID(),
    taskId: randomUUID(),
    ownerId: randomUUID(),
    callId: randomUUID(),
    signal: new AbortController().signal,
    progress: async () => undefined,
    refused: () => undefined,
    ...context,
  };
}
