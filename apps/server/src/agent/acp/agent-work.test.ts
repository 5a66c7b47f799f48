import { expect, it } from "vitest";
import { AgentCall, type ReportedCall } from "./agent-call.ts";
import { AgentItems } from "./agent-items.ts";
import { AgentWork, type AgentWorkDeps } from "./agent-work.ts";

const OPTIONS = [
  { optionId: "yes", name: "Yes", kind: "allow_once" as const },
  { optionId: "no", name: "No", kind: "reject_once" as const },
];

/** Somebody has allowed `ls` to a process that is gone; its successor asks about a command, under the same title. */
async function successorAsks(command: string, rule: "ask" | "deny" = "ask") {
  const items = new AgentItems();
  const turn = {
    running: [],
    held: [],
    callOf: (report: ReportedCall) => {
      const call = new AgentCall(report.toolCallId, "/w");
      call.learn(report);
      return call;
    },
    announce: async (_id: string, call: AgentCall) => call,
    start: async () => undefined,
    deny: async () => undefined,
  };
  const deps = {
    agent: { items },
    turn,
    title: "agent",
    permissionOf: async () =>
      rule === "deny" ? { type: "deny", rule: "no ls" } : { type: "ask", request: {} },
  } as unknown as AgentWorkDeps;
  const work = new AgentWork(deps, { state: {} } as never);
  work.grant({ kind: "execute", title: "bash", input: { command: "ls" } }, true);
  const answers: unknown[] = [];
  const toolCall = { toolCallId: "1", title: "bash", kind: "execute" as const, rawInput: { command } };
  items.add({
    type: "permission",
    request: { sessionId: "s", toolCall, options: OPTIONS },
    answer: (outcome) => answers.push(outcome),
  });
  items.add({ type: "turn-ended", response: { stopReason: "end_turn" } });
  const { type } = await work.run(new AbortController().signal);
  return { type, answers };
}

it("an answer to a process that is gone holds for what was asked, whatever its title, and for nothing else", async () => {
  expect(await successorAsks("ls")).toEqual({
    type: "ended",
    answers: [{ outcome: "selected", optionId: "yes" }],
  });
  expect(await successorAsks("rm -rf src")).toEqual({ type: "asks", answers: [] });
});

it("nor does it hold against a rule", async () => {
  expect(await successorAsks("ls", "deny")).toEqual({
    type: "ended",
    answers: [{ outcome: "selected", optionId: "no" }],
  });
});
