import { createHash } from "node:crypto";
import type { ToolCall } from "@trunkline/contract";
import { originalOf } from "./original-call.ts";
import { isLegalToolName, legalToolName } from "./tool-name.ts";

/** The names of a prompt's calls, as the model that reads it takes them. The log keeps what it has. */
export class PromptCalls {
  /** Full name of the model that reads the prompt. */
  readonly model: string;
  readonly #sent = new Set<string>();

  constructor(model: string) {
    this.model = model;
  }

  /**
   * @param maker full name of the model that made the call; null where nobody knows.
   * @returns its own id where it goes back to its maker, else one that every provider takes: Mistral wants nine letters
   *   and digits, Anthropic and OpenAI no other characters than those, `_` and `-`.
   */
  idFor(call: ToolCall, maker: string | null): string {
    const isOwn = maker === this.model;
    const original = originalOf(call).id ?? call.callId;
    let id = isOwn ? original : foreignId(call.callId);
    // There are providers that number the calls of every answer from 0.
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
