import type { SessionEvent } from "@trunkline/contract";
import { describe, expect, it, vi } from "vitest";
import type { Question, ToolContext } from "../tools/port.ts";
import { HeldCall } from "./held-call.ts";

const NEVER = new AbortController().signal;
const OUTLET = { progress: async () => undefined, refused: () => undefined };
const question = (text: string): Question => ({ text, form: { server: "s", fields: [] } });

function hold(execute: (ask: NonNullable<ToolContext["ask"]>, signal: AbortSignal) => Promise<string>) {
  const withdraw = vi.fn(async () => undefined);
  const call = new HeldCall(
    { callId: "c", ownerId: "o", withdraw, now: () => 0 },
    async ({ ask, signal }) => ({
      status: "succeeded",
      output: await execute(ask ?? (async () => null), signal),
    }),
  );
  return { call, withdraw };
}

/** The event that the runner writes once the task waits. */
const asked = { sessionId: "s", taskId: "t", type: "question.asked", data: { questionId: "q", callId: "c" } };
const see = (call: HeldCall): void => call.see([asked as unknown as SessionEvent]);

describe("a call that asks", () => {
  it("gets each answer to its own question, one after the other", async () => {
    const { call, withdraw } = hold(async (ask) => {
      const both = await Promise.all([ask(question("first"), NEVER), ask(question("second"), NEVER)]);
      return JSON.stringify(both);
    });
    expect(await call.next(OUTLET, NEVER)).toMatchObject({ type: "asks", question: { text: "first" } });
    see(call);
    call.answer({ declined: true });
    expect(await call.next(OUTLET, NEVER)).toMatchObject({ type: "asks", question: { text: "second" } });
    call.answer(null);
    expect(await call.next(OUTLET, NEVER)).toMatchObject({
      result: { status: "succeeded", output: '[{"declined":true},null]' },
    });
    expect(withdraw).not.toHaveBeenCalled();
  });

  it("withdraws its question once it ends without the answer, or its server gives up; an answer to it is for no other", async () => {
    const gaveUp = new AbortController();
    const { call, withdraw } = hold(async (ask) => {
      const first = await ask(question("first"), gaveUp.signal);
      return JSON.stringify([first, await ask(question("second"), NEVER)]);
    });
    await call.next(OUTLET, NEVER);
    see(call);
    gaveUp.abort();
    await vi.waitFor(
      () => expect(withdraw).toHaveBeenCalledExactlyOnceWith("o", { id: "q", sessionId: "s", taskId: "t" }),
      60_000,
    );
    call.answer(null);
    expect(await call.next(OUTLET, NEVER)).toMatchObject({ question: { text: "second" } });
    call.answer({ values: {} });
    expect(await call.next(OUTLET, NEVER)).toMatchObject({ result: { output: '[null,{"values":{}}]' } });
  });

  it("ends with its run; one that nobody waits for leaves its question to be answered", async () => {
    const stopping = new AbortController();
    const waits = hold(async (ask) => JSON.stringify(await ask(question("first"), NEVER)));
    await waits.call.next(OUTLET, NEVER);
    see(waits.call);
    await waits.call.end();
    expect(waits.withdraw).not.toHaveBeenCalled();
    const runs = hold(
      async (_, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason as Error)),
        ),
    );
    const news = runs.call.next(OUTLET, stopping.signal);
    stopping.abort(new Error("stop"));
    expect(await news).toMatchObject({ type: "ended", result: { status: "failed", output: "stop" } });
  });
});
