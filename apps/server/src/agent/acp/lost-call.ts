import type { Json, ToolKind } from "@trunkline/contract";
import type { RunInput } from "../port.ts";
import type { RunState } from "../run-state.ts";

/** What a process that is gone had asked about. */
export interface LostCall {
  title: string;
  kind: ToolKind;
  input: Json;
  isAllowed: boolean;
  note: string | undefined;
}

/**
 * Of a process that is gone: the call that it had asked about ends here, and the answer is kept for when its successor asks
 * again. @returns null if it had asked about none.
 */
export async function closeLostCall(
  { log, taskId }: Pick<RunInput, "log" | "taskId">,
  state: RunState,
): Promise<LostCall | null> {
  const asked = await log.last(["approval.requested"]);
  const answer = asked?.taskId === taskId ? state.ledger.decisionOn(asked.data.callId) : undefined;
  if (asked === undefined || answer === undefined) return null;
  const { callId, tool, input: callInput, title = tool, kind = "other" } = asked.data;
  if (answer.allowed) {
    const output = "The agent had ended before it was allowed; its successor goes on.";
    await state.record(
      { type: "tool.called", data: { callId, tool, input: callInput, title, kind } },
      { type: "tool.ended", data: { callId, status: "interrupted", output, durationMs: 0 } },
    );
  } else {
    const who = answer.by === null ? "Nobody answered in time" : `Denied by ${answer.by}`;
    await state.record({
      type: "tool.ended",
      data: { callId, status: "denied", output: `${who}; not run.`, durationMs: 0 },
    });
  }
  return { title, kind, input: callInput, isAllowed: answer.allowed, note: answer.note };
}

/** What its successor is told of it. */
export function resumptionText(lost: LostCall | null): string {
  const restarted =
    "[You were interrupted: the process that you ran in has ended, and you run in a new one. " +
    "Look at what is already done before you do it again, and continue with the task.]";
  if (lost === null) return restarted;
  const decision = lost.isAllowed ? "allowed" : "denied";
  const note = lost.note === undefined || lost.note === "" ? "" : ` They say: ${lost.note}`;
  return `${restarted}\n\n[You had asked for permission: ${lost.title}. The user has ${decision} it.${note}]`;
}
