/** Tokens per second per stream, like a fast model. */
export const TOKENS_PER_SECOND = 100;

export interface Load {
  name: string;
  sessions: number;
  /** Per session. */
  tokens: number;
  rounds: number;
}

export interface StreamFigures {
  latenciesMs: Float64Array;
  /** Submit, or request, to receipt of the first token; per session. */
  firstTokensMs: number[];
  cpuMs: number;
  tokens: number;
}

export function promptOf({ tokens }: Load): string {
  return `tokens: ${tokens} @ ${TOKENS_PER_SECOND}/s`;
}

/** A new process has compiled nothing yet. */
export function warmUpOf(load: Load): Load {
  return { ...load, tokens: load.sessions === 1 ? 200 : 50 };
}

/** @returns the number of tokens. @throws Error if a stream is incomplete. */
export function checkTokens(tokens: readonly number[], load: Load): number {
  const wrong = tokens.find((count) => count !== load.tokens);
  if (wrong !== undefined) throw new Error(`a stream of ${load.tokens} tokens came with ${wrong}`);
  return tokens.length * load.tokens;
}
