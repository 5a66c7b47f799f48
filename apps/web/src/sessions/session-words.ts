import type { CurrentStep, Session } from "@trunkline/contract";
import { statusOfSession } from "./status.ts";

/** What a session does, or how its last task ended: one line, for lists. */
export function sessionWords(session: Pick<Session, "status" | "currentTask" | "parentId">): string {
  const { currentTask } = session;
  switch (statusOfSession(session)) {
    case "needs-you":
      return waitingWords(currentTask?.reason ?? null);
    case "running":
      if (currentTask?.reason === "child") return "Waiting for a subagent";
      return currentTask?.step === undefined ? "Starting" : stepWords(currentTask.step);
    case "queued":
      return "Queued";
    case "done":
      return firstLine(currentTask?.outcome) ?? "Done";
    case "failed":
      return firstLine(currentTask?.outcome) ?? "Failed";
    case "canceled":
      return "Canceled";
    case "new":
      return session.parentId === null ? "No messages yet" : "Forked";
  }
}

function waitingWords(reason: string | null): string {
  switch (reason) {
    case "question":
      return "Waiting for your answer";
    case "limit":
      return "Waiting for usage limit";
    case "child":
      return "A subagent needs you";
    default:
      return "Waiting for approval";
  }
}

/** `Running npm test`, `src/main.ts`, `Waiting for the model`. */
function stepWords({ tool, title }: Pick<CurrentStep, "tool" | "title">): string {
  if (tool === null) return "Waiting for the model";
  return tool === "execute" ? `Running ${title}` : title;
}

/** The first line of an answer that says something, without the marks of Markdown around it. */
function firstLine(outcome: string | undefined): string | null {
  const lines = (outcome ?? "").split("\n").map((line) => line.replace(/^[#>\-*\s]+|[*_`]{2,}/g, "").trim());
  return lines.find((line) => /[\p{L}\p{N}]/u.test(line)) ?? null;
}

/** Dollars: `$0.04`, `$12.30`, `<$0.01`; a dash where the price is unknown; nothing where nothing was used. */
export function money(costUsd: number | null | undefined): string {
  if (costUsd === undefined) return "";
  if (costUsd === null) return "–";
  if (costUsd > 0 && costUsd < 0.01) return "<$0.01";
  if (costUsd < 1_000) return `$${costUsd.toFixed(2)}`;
  return `$${costUsd.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

export interface Segment {
  kind: "model" | "tool";
  /** Part of the whole, in percent. */
  width: number;
}

/** How the last steps' time was spent. @param now by the server's clock, ms since the epoch */
export function segmentsOf({ recent, tool, startedAt }: CurrentStep, now: number): Segment[] {
  const steps = [...recent, { tool, startedAt }];
  const first = steps[0]?.startedAt ?? now;
  const total = Math.max(1, now - first);
  return steps.map((step, place) => ({
    kind: step.tool === null ? "model" : "tool",
    width: (Math.max(0, (steps[place + 1]?.startedAt ?? now) - step.startedAt) / total) * 100,
  }));
}
