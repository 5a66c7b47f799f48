import { isContextOverflow } from "../../context-overflow.ts";
import type { Refusal } from "../../refusal-fault.ts";

/** What a server cannot take, or needs, beyond what most do. */
export type ChatTrait =
  /** Refuses `stream_options`, so tells no usage. */
  | "no-stream-options"
  /** Wants `max_completion_tokens` in place of `max_tokens`. */
  | "max-completion-tokens"
  /** Takes neither. */
  | "no-max-tokens"
  /** Tool schemas with nothing but types, names and descriptions. */
  | "plain-schemas"
  /** Refuses fields of messages that it did not define, even its own. */
  | "no-echo"
  /** Wants `reasoning_content` with every call, those of other models too. */
  | "fill-reasoning"
  /** Wants a thought signature with every call. */
  | "stand-in-signature"
  /** Wants an empty text where others take null. */
  | "empty-content"
  | "no-system-role"
  | "no-stream";

export type ChatTraits = ReadonlySet<ChatTrait>;

const REQUIRED = /must|missing|require|need|expected|come back|pass(?:ed)? back/i;
const UNSUPPORTED =
  /support|permit|allow|unknown|unrecogni[sz]ed|unexpected|extra|invalid|instead|not known|unsupported|forbidden|additional/i;

const SIGNS: readonly (readonly [ChatTrait, (said: string) => boolean])[] = [
  ["no-stream-options", (said) => /stream_options|include_usage/i.test(said)],
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

/** Longest refusal that is looked through. */
const MAX_SAID_LENGTH = 20_000;

/**
 * What to do differently after a refusal, so that the same request may get through.
 * @param isPossible whether a trait would change anything about the request.
 * @returns null where nothing is known that helps.
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
  // The one thing that older servers refuse without a word.
  const isUnexplained =
    status < 500 &&
    /^(?:|bad request|unprocessable(?: entity| content)?|validation error|invalid request)$/i.test(
      words.message.replace(/\.$/, ""),
    );
  return isUnexplained && isPossible("no-stream-options") ? "no-stream-options" : null;
}
