import { Worker } from "node:worker_threads";
import { FetchError } from "./fetch-error.ts";
import type { ConversionReply } from "./conversion-reply.ts";

/** A page that needs more time or memory was built to. */
const LIMITS = { timeoutMs: 10_000, heapMb: 256 };

/**
 * Converts HTML to Markdown in a separate thread: a hostile page can make the conversion run for ever, fill the memory
 * or exhaust the stack. The parser is loaded only while needed.
 * @param address of the page, for relative links.
 * @throws FetchError if it can't be converted; the signal's reason once aborted.
 */
export async function toMarkdown(
  html: string,
  address: string,
  signal: AbortSignal,
  { timeoutMs, heapMb } = LIMITS,
): Promise<string> {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./markdown-worker.ts", import.meta.url), {
    workerData: { html, address },
    env: {},
    // A small stack, quickly exhausted by hostile nesting: real pages have some dozens of levels.
    resourceLimits: { maxOldGenerationSizeMb: heapMb, stackSizeMb: 1 },
  });
  const { promise, resolve, reject } = Promise.withResolvers<ConversionReply>();
  const onAbort = (): void => reject(signal.reason);
  const timer = setTimeout(() => resolve({ type: "failed", reason: "it takes too long" }), timeoutMs);
  signal.addEventListener("abort", onAbort, { once: true });
  worker.once("message", resolve);
  worker.once("error", (error) => resolve({ type: "failed", reason: reasonOf(error) }));
  worker.once("exit", () => resolve({ type: "failed", reason: "the conversion ended" }));
  try {
    const reply = await promise;
    if (reply.type === "converted") return reply.markdown;
    throw new FetchError(`The page was fetched, but cannot be turned into text: ${reply.reason}`);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    await worker.terminate();
  }
}

function reasonOf(error: unknown): string {
  const isFull = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  if (isFull) return "it takes too much memory";
  return error instanceof Error ? error.message : String(error);
}
