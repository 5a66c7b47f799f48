import { cutFault } from "./call-fault.ts";
import type { FinishReason, FaultContext } from "./model.ts";
import { clip, ProviderFault } from "./provider-fault.ts";

const KNOWN: readonly (readonly [FinishReason, RegExp])[] = [
  [
    "stop",
    /^(?:stop(?:ped|_sequence|_token|_word)?|end(?:ed|_turn|_of_text|_of_turn)?|eos(?:_token)?|eot|complete(?:d)?|done|finish(?:ed)?|normal|success|finish_reason_stop|default)$/,
  ],
  ["tool-calls", /^(?:tool_?(?:calls?|use)|function_?calls?|tool-calls|finish_reason_tool_calls)$/],
  [
    "length",
    /^(?:length|max_?(?:new_|output_|completion_)?tokens?|max_length|model_length|token_limit|model_context_window_exceeded|finish_reason_(?:length|max_tokens))$/,
  ],
];

const FILTERED =
  /filter|safety|refus|recitation|blocklist|blocked|prohibited|spii|sensitive|guardrail|moderation|language/;

/**
 * Maps the provider's finish reason.
 * @throws ProviderFault if it means that the answer is incomplete, or is unknown: an answer counts as complete only if
 * the provider says so.
 */
export function finishReasonOf(raw: string, context: FaultContext): FinishReason {
  const word = raw.trim().toLowerCase();
  const known = KNOWN.find(([, words]) => words.test(word));
  if (known !== undefined) return known[0];
  if (FILTERED.test(word)) throw filteredFault(context);
  throw cutFault(`the provider ended it with '${clip(raw)}'`, context);
}

/** The provider's filter stopped the answer, or the model refused: a retry would get the same. */
export function filteredFault({ redact }: FaultContext, said = ""): ProviderFault {
  const message =
    said === ""
      ? "The provider's content filter stopped the answer"
      : `The model refused: ${clip(redact(said)).replace(/\.$/, "")}`;
  return new ProviderFault("provider_refused", message, { retryable: false });
}
