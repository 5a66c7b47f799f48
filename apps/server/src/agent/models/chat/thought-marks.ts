/** Marks that servers leave in the text, with which models delimit reasoning, channels and turns. */
export type Opening = { type: "thought"; closers: readonly string[] };

type Mark =
  /** Reasoning starts; it ends with one of these. */
  | Opening
  /** A channel name follows, up to `<|message|>` (OpenAI's harmony format). */
  | { type: "header" }
  /** Reasoning ends without a start: its opening mark was part of the prompt. */
  | { type: "unopened" }
  /** End of a tool call written as text. */
  | { type: "call" }
  /** Meaningless. */
  | { type: "dropped" };

interface KnownMark {
  text: string;
  /** Where it counts as a mark: at the start of the answer, at the start of a line, or anywhere outside quotes. */
  place: "answer" | "line" | "anywhere";
  mark: Mark;
}

const thought = (text: string, closer: string, place: KnownMark["place"]): KnownMark => ({
  text,
  place,
  mark: { type: "thought", closers: [closer] },
});

const everywhere = (mark: Mark, ...texts: string[]): KnownMark[] =>
  texts.map((text) => ({ text, place: "anywhere", mark }));

const MARKS: readonly KnownMark[] = [
  thought("<think>", "</think>", "line"),
  thought("<seed:think>", "</seed:think>", "line"),
  thought("[think]", "[/think]", "line"),
  thought("◁think▷", "◁/think▷", "line"),
  thought("<|begin_of_thought|>", "<|end_of_thought|>", "line"),
  // People also ask models to write these.
  thought("<thinking>", "</thinking>", "answer"),
  thought("<thought>", "</thought>", "answer"),
  thought("<reasoning>", "</reasoning>", "answer"),
  ...everywhere({ type: "unopened" }, "</think>", "</seed:think>", "[/think]", "◁/think▷"),
  ...everywhere({ type: "header" }, "<|channel|>", "<|start|>"),
  ...everywhere({ type: "call" }, "<|call|>"),
  ...everywhere(
    { type: "dropped" },
    "<|message|>",
    "<|end|>",
    "<|return|>",
    "<|constrain|>",
    "<|im_end|>",
    "<|im_start|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|endoftext|>",
  ),
];

/** Ends a channel's reasoning, which has no closing mark. */
export const CHANNEL_CLOSERS: readonly string[] = [
  "<|end|>",
  "<|return|>",
  "<|call|>",
  "<|channel|>",
  "<|start|>",
];

/** Characters that a mark may start with. */
export const MARK_BEGINNING = /[<[◁]/;

/**
 * Looks for a mark at a position.
 * @returns the mark and its length, `partial` if the text ends within a possible mark, or null.
 */
export function markAt(
  text: string,
  from: number,
  place: { isAnswerStart: boolean; isLineStart: boolean },
): { mark: Mark; length: number } | "partial" | null {
  const rest = text.slice(from, from + MAX_MARK_LENGTH).toLowerCase();
  let isPartial = false;
  for (const known of MARKS) {
    if (known.place === "answer" && !place.isAnswerStart) continue;
    if (known.place === "line" && !place.isLineStart && !place.isAnswerStart) continue;
    if (rest.startsWith(known.text)) return { mark: known.mark, length: known.text.length };
    if (known.text.startsWith(rest)) isPartial = true;
  }
  return isPartial ? "partial" : null;
}

const MAX_MARK_LENGTH = Math.max(...MARKS.map(({ text }) => text.length));

/** @returns the position of the first unquoted closer, or null. */
export function closerIn(text: string, closers: readonly string[]): { at: number; closer: string } | null {
  const lower = text.toLowerCase();
  let first: { at: number; closer: string } | null = null;
  for (const closer of closers) {
    let at = lower.indexOf(closer);
    while (at > 0 && lower[at - 1] === "`") at = lower.indexOf(closer, at + 1);
    if (at !== -1 && (first === null || at < first.at)) first = { at, closer };
  }
  return first;
}

/** @returns how many trailing characters may be the start of a closer. */
export function closerBeginning(text: string, closers: readonly string[]): number {
  const lower = text.toLowerCase();
  const longest = Math.max(...closers.map(({ length }) => length)) - 1;
  for (let length = Math.min(longest, lower.length); length > 0; length--) {
    const tail = lower.slice(-length);
    if (closers.some((closer) => closer.startsWith(tail))) return length;
  }
  return 0;
}
