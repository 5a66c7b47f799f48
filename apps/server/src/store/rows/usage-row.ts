import { change, isBeingBuilt, type Reducer } from "./row-change.ts";

/**
 * The ledger has a row for each completed step and each summary by a model. Usage in an imported document happened
 * elsewhere.
 */
export const reduceUsage: Reducer = (event, rows) => {
  if (event.type !== "step.ended" && event.type !== "context.compacted") return [];
  if (event.taskId === null || event.data.usage === undefined || isBeingBuilt(rows)) return [];
  const session = rows.session();
  if (session === undefined) return [];
  const { usage, model = null } = event.data;
  return [
    change.insert("usage", {
      session_id: event.sessionId,
      seq: event.seq,
      task_id: event.taskId,
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
      worked_ms: event.type === "step.ended" ? (event.data.workedMs ?? null) : null,
    }),
  ];
};
