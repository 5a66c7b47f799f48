import type { CodeLines, HighlightAnswer, HighlightRequest } from "./highlight-message.ts";

/** Longer code is not highlighted, in UTF-16 units. */
const MAX_LENGTH = 60_000;
/** Cached results, so that code scrolled back into view has its colours at once. */
const MAX_KEPT = 200;

const kept = new Map<string, Promise<CodeLines | null>>();
const waiting = new Map<number, (lines: CodeLines | null) => void>();
let worker: Worker | null = null;
let lastId = 0;

/** @returns the code's tokens by line; null if it can't be highlighted. */
export function highlight(code: string, language: string): Promise<CodeLines | null> {
  if (code.length > MAX_LENGTH) return Promise.resolve(null);
  const key = `${language}\n${code}`;
  const known = kept.get(key);
  const result = known ?? ask(code, language);
  kept.delete(key);
  kept.set(key, result);
  for (const oldest of [...kept.keys()].slice(0, -MAX_KEPT)) kept.delete(oldest);
  return result;
}

function ask(code: string, language: string): Promise<CodeLines | null> {
  worker ??= startWorker();
  const id = ++lastId;
  const { promise, resolve } = Promise.withResolvers<CodeLines | null>();
  waiting.set(id, resolve);
  worker.postMessage({ id, code, language } satisfies HighlightRequest);
  return promise;
}

function startWorker(): Worker {
  const started = new Worker(new URL("./highlight-worker.ts", import.meta.url), { type: "module" });
  started.addEventListener("message", (event: MessageEvent<HighlightAnswer>) => {
    const { id, lines } = event.data;
    waiting.get(id)?.(lines);
    waiting.delete(id);
  });
  started.addEventListener("error", () => {
    // Show it uncoloured.
    for (const resolve of waiting.values()) resolve(null);
    waiting.clear();
  });
  return started;
}
