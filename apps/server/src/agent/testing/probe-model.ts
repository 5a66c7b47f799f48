import type { TaskError } from "@trunkline/contract";
import { faultContextOf } from "../fault-context.ts";
import { openStream } from "../model-stream.ts";
import type { ResolvedModel } from "../port.ts";
import { ProviderFault } from "../provider-fault.ts";

/** Asks a model for one word. @returns whether it starts to answer, or how its provider refuses */
export async function probeModel(
  resolved: ResolvedModel,
): Promise<{ model: string; ok: true } | { model: string; ok: false; error: TaskError }> {
  const { name, model, patience } = resolved;
  try {
    await using stream = await openStream({
      model,
      request: {
        prompt: [{ role: "user", content: [{ type: "text", text: "Reply with the word OK." }] }],
        maxOutputTokens: 64,
      },
      patience,
      signal: new AbortController().signal,
      faultContext: faultContextOf(resolved),
    });
    if ((await stream.next()) === null) throw new Error(`${name} ended without an answer`);
    return { model: name, ok: true };
  } catch (error) {
    if (error instanceof ProviderFault) return { model: name, ok: false, error: error.toTaskError() };
    throw error;
  }
}
