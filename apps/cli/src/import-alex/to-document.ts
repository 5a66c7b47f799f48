import type { SessionDocument, Usage } from "@trunkline/contract";
import { EventWriter } from "./event-writer.ts";
import type { LegacySession, PlanItem } from "./legacy-session.ts";
import { provenanceOf } from "./provenance.ts";
import type { Remarks } from "./remarks.ts";
import type { SessionCosts } from "./session-costs.ts";
import { isNamedAfterSecond, sessionTimes } from "./session-times.ts";
import { taskIdOf } from "./task-id.ts";
import { titleOf } from "./title.ts";
import { toTurns } from "./to-turns.ts";
import { callsOf, isDated, stepsOf, type Turn } from "./turn.ts";
import { UNKNOWN_MODEL, writeTurn } from "./write-turn.ts";

/** What there is of a session beside its file. */
export interface SessionSources {
  /** Of the file beside it; null where there is none. */
  plan: readonly PlanItem[] | null;
  costs: SessionCosts | null;
  /** When the file was last written, in ms since the epoch. */
  fileTime: number;
}

export interface Conversion {
  document: SessionDocument;
  /** Says which session it is, whatever path its file is at: the same in every run. */
  importKey: string;
  toolCalls: number;
}

/** @returns null where there is nothing to import: no turn, and no plan */
export function toDocument(
  session: LegacySession,
  { plan: planOfFile, costs, fileTime }: SessionSources,
  remarks: Remarks,
): Conversion | null {
  const plan = planOfFile ?? session.plan;
  const read = toTurns(session.messages, remarks);
  const { turns } = read;
  if (turns.length === 0 && plan.length === 0) return null;

  const times = sessionTimes(session, fileTime);
  const calls = turns.flatMap(callsOf);
  // The original's records do not say which turn they are of.
  const usageTurn = costs === null ? undefined : turns.findLast((turn) => stepsOf(turn).length > 0);
  remarks.add("times-unknown", times.isGuessed ? 1 : 0);
  remarks.add("may-have-overwritten", isNamedAfterSecond(session.id) ? 1 : 0);
  remarks.add("unreadable-messages", session.unreadableMessages);
  remarks.add("results-lost", calls.filter(({ result }) => result === null).length);
  remarks.add("unanswered", turns.filter((turn) => stepsOf(turn).length === 0).length);
  remarks.add("usage-of-session", usageTurn !== undefined && turns.length > 1 ? 1 : 0);

  const importKey = `alex:${session.id}@${session.createdAt ?? "?"}`;
  const title = titleOf(turns[0]?.prompt ?? session.id);
  const writer = new EventWriter(times);
  writer.write(null, "session.created", { title, model: null });
  writer.write(null, "notice", { level: "info", message: provenanceOf(session, read, remarks, costs) });
  const tasks = turns.map((turn, index) =>
    writeTurn(turn, {
      writer,
      taskId: taskIdOf(importKey, index),
      pos: index + 1,
      model: modelOf(costs),
      usage: turn === usageTurn ? usageOf(costs) : null,
      plan: index === turns.length - 1 ? plan : [],
      ...boundsOf(turns, index, times.updatedAt),
    }),
  );
  if (turns.length === 0) writer.write(null, "plan.updated", { items: [...plan] });

  const { createdAt, updatedAt } = times;
  return {
    importKey,
    toolCalls: calls.length,
    document: {
      format: "trunkline.session",
      version: 1,
      session: { title, agent: "default", model: null, createdAt, updatedAt },
      tasks,
      events: writer.events,
    },
  };
}

/**
 * Of undated turns only the first one's beginning and the last one's end are known: when the session was created, and
 * when it was last saved. No other gets a duration, as nobody measured it.
 */
function boundsOf(
  turns: readonly Turn[],
  index: number,
  updatedAt: number,
): { startedAt: number | null; endedAt: number | null } {
  const turn = turns[index];
  const isLastUndated = index === turns.length - 1 && turn !== undefined && !isDated(turn);
  return {
    startedAt: isLastUndated && index > 0 ? updatedAt : null,
    endedAt: isLastUndated ? updatedAt : null,
  };
}

function modelOf(costs: SessionCosts | null): string {
  const [model, ...others] = costs?.models ?? [];
  return model === undefined || others.length > 0 ? UNKNOWN_MODEL : model;
}

function usageOf(costs: SessionCosts | null): Usage | null {
  return costs && { inputTokens: costs.inputTokens, outputTokens: costs.outputTokens };
}
