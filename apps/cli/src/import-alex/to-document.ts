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

/** Data about a session besides its file. */
export interface SessionSources {
  /** From the plan file; null if there is none. */
  plan: readonly PlanItem[] | null;
  costs: SessionCosts | null;
  /** Modification time, in ms since the epoch. */
  fileTime: number;
}

export interface Conversion {
  document: SessionDocument;
  /** Identifies the session independently of its path; the same in every run. */
  importKey: string;
  toolCalls: number;
}

/** @returns null if there is nothing to import: no turn and no plan */
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
  // The cost records do not name a turn.
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
 * Of undated turns only two times are known: creation (start of the first) and last save (end of the last). The others
 * get no duration, because nobody measured one.
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
