import { createHash } from "node:crypto";
import type { ToolCall } from "@trunkline/contract";
import { originalOf } from "../original-call.ts";
import { isLegalToolName, legalToolName } from "../tool-name.ts";

/** Call ids in a prompt, in the form that its model accepts. The log keeps the originals. */
export class PromptCalls {
  /** Full name of the model that reads the prompt. */
  readonly model: string;
  readonly #sent = new Set<string>();

  constructor(model: string) {
    this.model = model;
  }

  /**
   * @param maker full name of the model that made the call; null if unknown.
   * @returns the original id for the same model, otherwise one that every provider accepts: Mistral requires nine
   * letters and digits, Anthropic and OpenAI allow these, `_` and `-`.
   */
  idFor(call: ToolCall, maker: string | null): string {
    const isOwn = maker === this.model;
    const original = originalOf(call).id ?? call.callId;
    let id = isOwn ? original : foreignId(call.callId);
    // Some providers number the calls of every answer from 0.
    if (this.#sent.has(id)) id = isOwn ? call.callId : foreignId(`${call.callId} again`);
    this.#sent.add(id);
    return id;
  }

  nameFor(call: ToolCall, maker: string | null): string {
    const original = originalOf(call).name;
    if (maker === this.model && original !== undefined && isLegalToolName(original)) return original;
    return legalToolName(call.tool);
  }
}

function foreignId(callId: string): string {
  return createHash("sha256")
    .update(callId)
    .digest("base64")
    .replaceAll(/[^a-zA-Z0-9]/g, "")
    .slice(0, 9);
}
