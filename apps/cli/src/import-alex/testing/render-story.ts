import { Dice } from "./dice.ts";
import { goTime, noTime } from "./go-time.ts";
import type { Story, StoryCall, StoryTurn } from "./story.ts";

type Message = Record<string, unknown>;

/** @returns the story as a file of its generation. `seed` decides what the format leaves open. */
export function renderStory(story: Story, seed: number): string {
  const dice = new Dice(seed + 1_000_000);
  const file = { first: firstGeneration, second: secondGeneration, "deep-coding": deepCoding }[
    story.generation
  ];
  return JSON.stringify(file(story, dice), null, dice.chance(0.5) ? 2 : undefined);
}

function firstGeneration(story: Story, dice: Dice): Message {
  const messages = story.turns.flatMap((turn) => [
    { role: "user", content: turn.prompt },
    ...turn.rounds.flatMap(({ text, calls }) => [
      { role: "assistant", content: text, metadata: null },
      ...calls.map(observation),
    ]),
    { role: "assistant", content: turn.answer },
  ]);
  return {
    id: story.id,
    messages: [...systemOf(story), ...messages],
    todos: dice.pick([[], null]),
    metadata: dice.pick([{}, null]),
    created_at: time(story.createdAt, dice),
    updated_at: time(story.updatedAt, dice),
  };
}

function observation({ id, output, error }: StoryCall): Message {
  const content = error === null ? `Tool ${id} result:\n${output}` : `Tool ${id} failed: ${error.message}`;
  return { role: "user", content };
}

function secondGeneration(story: Story, dice: Dice): Message {
  return {
    id: story.id,
    messages: [...systemOf(story), ...story.turns.flatMap((turn) => secondTurn(turn, dice))],
    todos: dice.pick([[], null]),
    metadata: {
      session_id: story.id,
      last_task_id: `task-${dice.hex(8)}`,
      ...(story.forkedFrom === null ? {} : { forked_from: story.forkedFrom }),
    },
    created_at: time(story.createdAt, dice),
    updated_at: time(story.updatedAt, dice),
  };
}

function secondTurn(turn: StoryTurn, dice: Dice): Message[] {
  return [
    { role: "user", content: turn.prompt, tool_calls: null },
    ...turn.rounds.flatMap(({ text, calls }) => [
      {
        role: "assistant",
        content: text,
        tool_calls: calls.map(({ id, tool, input }) => ({
          id,
          name: tool,
          arguments: input,
          task_id: "task-1",
        })),
      },
      ...calls.map((call) => secondResult(call, dice)),
    ]),
    { role: "assistant", content: turn.answer },
  ];
}

/** One result per message: in the list, in the message itself, or both. */
function secondResult(call: StoryCall, dice: Dice): Message {
  const { id, output, error } = call;
  const listed = { call_id: id, content: output, ...errorOf(call), metadata: null };
  const message = { role: "tool", tool_call_id: id };
  if (error !== null) return { ...message, content: "", tool_results: [listed] };
  return dice.pick<Message>([
    { ...message, content: output },
    { ...message, content: output, tool_results: [listed] },
    { role: "tool", content: "", tool_results: [listed] },
  ]);
}

function errorOf({ error }: StoryCall): Message {
  if (error === null) return {};
  const { shape, message } = error;
  return { error: { string: message, empty: {}, message: { message }, error: { error: message } }[shape] };
}

function deepCoding(story: Story, dice: Dice): Message {
  const at = (ms: number | null): Message => ({ timestamp: time(ms, dice) });
  const messages = story.turns.flatMap((turn) => [
    { role: "user", content: turn.prompt, ...at(turn.at) },
    ...turn.rounds.flatMap((round) => [
      {
        role: "assistant",
        content: round.text,
        tool_calls: round.calls.map(({ id, tool, input }) => ({ id, name: tool, args: input })),
        ...at(round.at),
      },
      ...round.calls.map((call) => ({
        role: "tool",
        tool_id: call.id,
        content: call.output,
        ...(call.error === null
          ? {}
          : { tool_results: [{ call_id: call.id, content: "", ...errorOf(call) }] }),
        ...at(call.at),
      })),
    ]),
    { role: "assistant", content: turn.answer, ...at(turn.answeredAt) },
  ]);
  return {
    id: story.id,
    created: time(story.createdAt, dice),
    updated: time(story.updatedAt, dice),
    working_dir: "/home/me/project",
    config: { api_key: "sk-must-not-travel" },
    messages: [...systemOf(story), ...messages],
  };
}

function systemOf({ system }: Story): Message[] {
  return system === null ? [] : [{ role: "system", content: system }];
}

function time(ms: number | null, dice: Dice): unknown {
  return ms === null ? noTime(dice) : goTime(ms, dice);
}
