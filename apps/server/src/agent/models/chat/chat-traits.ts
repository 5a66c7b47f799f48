import { isContextOverflow } from "../../context-overflow.ts";
import type { Refusal } from "../../refusal-fault.ts";

/** Where a server deviates from the rest. */
export type ChatTrait =
  /** Rejects `stream_options`, so reports no usage. */
  | "no-stream-options"
  /** Wants `max_completion_tokens` in place of `max_tokens`. */
  | "max-completion-tokens"
  /** Accepts neither. */
  | "no-max-tokens"
  /** Tool schemas with only types, names and descriptions. */
  | "plain-schemas"
  /** Rejects unknown message fields, even its own. */
  | "no-echo"
  /** Requires `reasoning_content` with every call, even those of other models. */
  | "fill-reasoning"
  /** Requires a thought signature with every call. */
  | "stand-in-signature"
  /** Requires an empty string where others accept null. */
  | "empty-content"
  | "no-system-role"
  /** The model takes no `reasoning_effort`, or not this one. */
  | "no-effort"
  | "no-stream";

export type ChatTraits = ReadonlySet<ChatTrait>;

const REQUIRED = /must|missing|require|need|expected|come back|pass(?:ed)? back/i;
const UNSUPPORTED =
  /support|permit|allow|unknown|unrecogni[sz]ed|unexpected|extra|invalid|instead|not known|unsupported|forbidden|additional/i;

const SIGNS: readonly (readonly [ChatTrait, (said: string) => boolean])[] = [
  ["no-stream-options", (said) => /stream_options|include_usage/i.test(said)],
  ["no-effort", (said) => /reasoning.?effort|think(?:ing)?.?(?:level|effort)/i.test(said)],
  ["stand-in-signature", (said) => /thought_?signature/i.test(said)],
  ["max-completion-tokens", (said) => /max_completion_tokens|max_tokens/i.test(said)],
  ["no-max-tokens", (said) => /max_completion_tokens|max_tokens/i.test(said)],
  ["fill-reasoning", (said) => /reasoning|thought|thinking/i.test(said) && REQUIRED.test(said)],
  [
    "no-echo",
    (said) =>
      /reasoning|thinking|extra_content|signature|provider_specific|messages/i.test(said) &&
      UNSUPPORTED.test(said),
  ],
  [
    "plain-schemas",
    (said) =>
      /schema|additionalproperties|keyword|max(?:length|items|imum)|min(?:length|items|imum)|exclusive|pattern|grammar|repetition|\bformat\b|\bconst\b|any_?of|one_?of|default\b|function.{0,20}parameters/i.test(
        said,
      ),
  ],
  [
    "empty-content",
    (said) => /content/i.test(said) && /null|none|required|string|empty|missing|must/i.test(said),
  ],
  ["no-system-role", (said) => /system|developer/i.test(said) && UNSUPPORTED.test(said)],
  ["no-stream", (said) => /\bstream(?:ing)?\b/i.test(said) && UNSUPPORTED.test(said)],
];

/** Maximum length of refusal to search. */
const MAX_SAID_LENGTH = 20_000;

/**
 * How to change a refused request so that it may succeed.
 * @param isPossible whether a trait would change the request.
 * @returns null if no known change helps.
 */
export function traitFor(
  { status, body, words }: Refusal,
  isPossible: (trait: ChatTrait) => boolean,
): ChatTrait | null {
  if (isContextOverflow(status, words)) return null;
  if (status !== 400 && status !== 422 && status !== 500 && status !== 501 && status !== 405) return null;
  const said = `${words.message} ${body.slice(0, MAX_SAID_LENGTH)}`;
  const found = SIGNS.find(([trait, fits]) => fits(said) && isPossible(trait));
  if (found !== undefined) return found[0];
  // The only thing that older servers reject without a message.
  const isUnexplained =
    status < 500 &&
    /^(?:|bad request|unprocessable(?: entity| content)?|validation error|invalid request)$/i.test(
      words.message.replace(/\.$/, ""),
    );
  return isUnexplained && isPossible("no-stream-options") ? "no-stream-options" : null;
}
