import { streamFault } from "../call-fault.ts";
import { faultContextOf } from "../fault-context.ts";
import type { ModelRequest } from "../model.ts";
import { openStream } from "../model-stream.ts";
import type { ProbeResult, ResolvedModel } from "../port.ts";
import { ProviderFault } from "../provider-fault.ts";

const QUESTION: ModelRequest = {
  prompt: [{ role: "user", content: [{ type: "text", text: "Reply with the word OK." }] }],
  maxOutputTokens: 64,
};

/** Somebody is waiting for it. */
const PATIENCE_MS = 60_000;

/** Asks a model for one word; it works once it starts to answer. */
export async function probeModel(resolved: ResolvedModel): Promise<ProbeResult> {
  const { name, model, patience } = resolved;
  const faultContext = faultContextOf(resolved);
  const beganAt = performance.now();
  const elapsedMs = (): number => Math.round(performance.now() - beganAt);
  try {
    await using stream = await openStream({
      model,
      request: QUESTION,
      patience: {
        startMs: Math.min(patience.startMs, PATIENCE_MS),
        idleMs: Math.min(patience.idleMs, PATIENCE_MS),
      },
      signal: AbortSignal.timeout(2 * PATIENCE_MS),
      faultContext,
    });
    const parts = await stream.next();
    if (parts === null) throw streamFault(new Error("it ended before it was finished"), faultContext);
    return { model: resolved.name, ok: true, firstAnswerMs: elapsedMs() };
  } catch (error) {
    if (error instanceof ProviderFault) return { model: name, ok: false, error: error.toTaskError() };
    const message = error instanceof Error ? error.message : String(error);
    return {
      model: name,
      ok: false,
      error: { code: "provider_error", message: faultContext.redact(message), retryable: false },
    };
  }
}
