import type { SessionEvent } from "@trunkline/contract";
import { expect, test } from "vitest";
import { answersOf, readRecordings } from "./recordings.ts";

const event = (type: string, data: unknown) => ({ type, data }) as unknown as SessionEvent;

test("answers are those of whole steps, without what a retry threw away", () => {
  const call = { callId: "1", tool: "bash", input: { command: "ls" }, title: "ls" };
  const answers = answersOf([
    event("step.started", { step: 1 }),
    event("text.ended", { blockId: "a", text: "cut off" }),
    event("step.started", { step: 1 }),
    event("text.ended", { blockId: "b", text: "Let me look." }),
    event("step.ended", { step: 1, toolCalls: [call] }),
    event("step.started", { step: 2 }),
    event("text.ended", { blockId: "c", text: "Done." }),
    event("step.ended", { step: 2, toolCalls: [] }),
  ]);
  expect(answers).toEqual([
    { text: "Let me look.", calls: [{ tool: "bash", input: { command: "ls" } }] },
    { text: "Done.", calls: [] },
  ]);
});

test("every recording can be played", async () => {
  for (const { name, answers } of await readRecordings()) {
    expect(answers.at(-1)?.calls, `${name} ends with an answer`).toEqual([]);
  }
});
