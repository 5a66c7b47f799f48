import { expect, it } from "vitest";
import type { QuestionAnswer } from "@trunkline/contract";
import { CallInFlight } from "./call-in-flight.ts";
import { CallTurns } from "./call-turns.ts";

const NEVER = new AbortController().signal;

it("lets all work at a server that never asked, and one after the other at one that did", async () => {
  const habit = { asks: false };
  const turns = new CallTurns(habit);
  await turns.enter(NEVER);
  await turns.enter(NEVER);
  habit.asks = true;
  const order: string[] = [];
  const third = turns.enter(NEVER).then(() => order.push("third"));
  const gone = new AbortController();
  const fourth = turns.enter(gone.signal).catch(() => order.push("fourth gave up"));
  gone.abort(new Error("canceled"));
  await fourth;
  turns.leave();
  order.push("one left");
  turns.leave();
  order.push("both left");
  await third;
  expect(order).toEqual(["fourth gave up", "one left", "both left", "third"]);
});

it("a call that waits for an answer lets others work, and one that ended meanwhile holds nobody up", async () => {
  const turns = new CallTurns({ asks: true });
  await turns.enter(NEVER);
  const answered = Promise.withResolvers<QuestionAnswer | null>();
  const call = new CallInFlight(
    { signal: NEVER, timeoutMs: 60_000, ask: async () => answered.promise },
    60_000,
    turns,
  );
  const asked = call.ask({ text: "?" }, NEVER);
  await turns.enter(NEVER);
  answered.resolve({ text: "yes" });
  call[Symbol.dispose]();
  expect(await asked).toEqual({ text: "yes" });
  turns.leave();
  await turns.enter(NEVER);
});
