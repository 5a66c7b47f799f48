/** As providers do: a prompt's beginning that was sent before is read from the cache, in whole blocks, from some length on. */
const BLOCK_TOKENS = 128;
const LEAST_TOKENS = 1_024;

/** What the server itself estimates by. */
const CHARACTERS_PER_TOKEN = 4;

export interface SentPrompt {
  tokens: number;
  /** Of them, how many a provider would have had in its cache. */
  cachedTokens: number;
}

/** Estimates what of each request of one task a provider that caches prompts would have read from its cache. */
export class PrefixCache {
  #sent: string[] = [];

  /** @param request tools first, as providers order them: a change there loses everything. */
  add({
    tools = [],
    messages,
  }: {
    tools?: readonly unknown[] | undefined;
    messages: readonly unknown[];
  }): SentPrompt {
    const text = JSON.stringify(tools) + messages.map((message) => JSON.stringify(message)).join("");
    const shared = Math.max(0, ...this.#sent.map((earlier) => sharedLength(earlier, text)));
    this.#sent.push(text);
    const blocks = Math.floor(shared / CHARACTERS_PER_TOKEN / BLOCK_TOKENS) * BLOCK_TOKENS;
    return {
      tokens: Math.ceil(text.length / CHARACTERS_PER_TOKEN),
      cachedTokens: blocks < LEAST_TOKENS ? 0 : blocks,
    };
  }
}

function sharedLength(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  // By halves: texts that begin alike are compared by the engine, not letter by letter.
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (a.startsWith(b.slice(low, middle), low)) low = middle;
    else high = middle - 1;
  }
  return low;
}
