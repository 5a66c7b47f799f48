import type { Story, StoryCall } from "./story.ts";

/** A transcript line, comparable between a story and a log. Times in ms since the epoch. */
export type Line =
  | { role: "user"; text: string; at: number }
  | { role: "assistant"; text: string; at: number }
  | { role: "call"; tool: string; input: unknown; at: number }
  | { role: "result"; status: "succeeded" | "failed"; output: string; at: number }
  | { role: "plan"; items: unknown; at: number }
  | { role: "end"; result: string; at: number };

/** The expected transcript, derived from the story alone. */
export function expectedTranscript(story: Story): Line[] {
  const lastIndex = story.turns.length - 1;
  return story.turns.flatMap((turn, index) => {
    // Undated: everything at the start, except the end of the last turn, when the file was saved.
    const isLast = index === lastIndex;
    const undated = isLast && index > 0 ? story.expectedUpdatedAt : story.expectedCreatedAt;
    const when = (at: number | null): number => at ?? undated;
    const rounds = turn.rounds.flatMap((round): Line[] => [
      ...(round.text === "" ? [] : [{ role: "assistant" as const, text: round.text, at: when(round.at) }]),
      ...expectedCalls(story, round.calls, when, when(round.at)),
    ]);
    const endedAt = turn.answeredAt ?? (isLast ? story.expectedUpdatedAt : story.expectedCreatedAt);
    return [
      { role: "user", text: turn.prompt, at: when(turn.at) },
      ...rounds,
      { role: "assistant", text: turn.answer, at: when(turn.answeredAt) },
      ...(isLast && story.plan !== null ? [{ role: "plan" as const, items: story.plan, at: endedAt }] : []),
      { role: "end", result: turn.answer, at: endedAt },
    ];
  });
}

/** Sequential: each started when the previous one had its result. */
function expectedCalls(
  { generation }: Story,
  calls: readonly StoryCall[],
  when: (at: number | null) => number,
  askedAt: number,
): Line[] {
  let calledAt = askedAt;
  return calls.flatMap(({ tool, input, output, error, at }): Line[] => {
    const begun = calledAt;
    calledAt = when(at);
    const isKnown = generation !== "first";
    const lost = "[failed; alex did not record why]";
    return [
      { role: "call", tool: isKnown ? tool : "unknown_tool", input: isKnown ? input : {}, at: begun },
      error === null
        ? { role: "result", status: "succeeded", output, at: calledAt }
        : {
            role: "result",
            status: "failed",
            output: error.shape === "empty" ? lost : error.message,
            at: calledAt,
          },
    ];
  });
}
