/** Recorded costs of a session's model calls, summed. */
export interface SessionCosts {
  calls: number;
  inputTokens: number;
  outputTokens: number;
  /** In US dollars, as the original computed them. */
  costUsd: number;
  /** `provider:model`, without duplicates. */
  models: string[];
}

export function noCosts(): SessionCosts {
  return { calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, models: [] };
}

export function addCosts(sum: SessionCosts, more: SessionCosts): void {
  sum.calls += more.calls;
  sum.inputTokens += more.inputTokens;
  sum.outputTokens += more.outputTokens;
  sum.costUsd += more.costUsd;
  for (const model of more.models) if (!sum.models.includes(model)) sum.models.push(model);
}
