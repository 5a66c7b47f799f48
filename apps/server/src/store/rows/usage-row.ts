import type { EventBody, Usage } from "@trunkline/contract";
import { change, isBeingBuilt, type Reducer } from "./row-change.ts";

/**
 * The ledger has a row for each completed step, each summary by a model and each title. Usage in an imported document
 * happened elsewhere.
 */
export const reduceUsage: Reducer = (event, rows) => {
  const used = usageOf(event, event.taskId);
  if (used === null || isBeingBuilt(rows)) return [];
  const session = rows.session();
  if (session === undefined) return [];
  const { taskId, usage, model, workedMs } = used;
  return [
    change.insert("usage", {
      session_id: event.sessionId,
      seq: event.seq,
      task_id: taskId,
      owner_id: session.owner_id,
      model,
      at: event.at,
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      reasoning_tokens: usage.reasoningTokens ?? null,
      cached_input_tokens: usage.cachedInputTokens ?? null,
      cost_usd: usage.costUsd ?? null,
      price_source: usage.priceSource ?? null,
      project_id: session.project_id,
      worked_ms: workedMs,
    }),
  ];
};

interface Used {
  taskId: string;
  usage: Usage;
  model: string | null;
  workedMs: number | null;
}

function usageOf(event: EventBody, taskId: string | null): Used | null {
  switch (event.type) {
    case "step.ended": {
      const { usage, model = null, workedMs = null } = event.data;
      return taskId === null ? null : { taskId, usage, model, workedMs };
    }
    case "context.compacted": {
      const { usage, model = null } = event.data;
      return taskId === null || usage === undefined ? null : { taskId, usage, model, workedMs: null };
    }
    case "session.updated": {
      const { generated } = event.data;
      return generated === undefined
        ? null
        : { taskId: generated.ofTaskId, usage: generated.usage, model: generated.model, workedMs: null };
    }
    default:
      return null;
  }
}
