import type { SessionDocument, SessionEvent } from "@trunkline/contract";
import type { Line } from "./expected-transcript.ts";

/** @returns the document's events as session events. */
export function eventsOf({ events }: SessionDocument): SessionEvent[] {
  const sessionId = "00000000-0000-7000-8000-000000000001";
  return events.map((event) => ({ ...event, sessionId }) as SessionEvent);
}

/** @returns what happened according to a log, without bookkeeping. */
export function readTranscript(events: readonly SessionEvent[]): Line[] {
  return events.flatMap((event): Line[] => {
    const { at } = event;
    switch (event.type) {
      case "task.submitted":
        return [{ role: "user", text: event.data.prompt, at }];
      case "text.ended":
        return [{ role: "assistant", text: event.data.text, at }];
      case "tool.called":
        return [{ role: "call", tool: event.data.tool, input: event.data.input, at }];
      case "tool.ended":
        return [
          {
            role: "result",
            status: event.data.status as "succeeded" | "failed",
            output: event.data.output,
            at,
          },
        ];
      case "plan.updated":
        return [{ role: "plan", items: event.data.items, at }];
      case "task.completed":
        return [{ role: "end", result: event.data.result, at }];
      default:
        return [];
    }
  });
}
