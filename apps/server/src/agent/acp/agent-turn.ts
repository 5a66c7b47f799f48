import type { ContentBlock, SessionUpdate } from "@agentclientprotocol/sdk";
import type { EventDataOf, ToolCall, ToolKind } from "@trunkline/contract";
import { randomUUID } from "node:crypto";
import type { RunFiles } from "../../checkpoints/port.ts";
import { mayWrite } from "../../checkpoints/port.ts";
import { AnswerBlocks } from "../answer-blocks.ts";
import type { PricedModel, Prices } from "../../usage/port.ts";
import type { RunEvent, RunSink } from "../port.ts";
import type { RunState } from "../run-state.ts";
import { ownCopy } from "../../common/own-copy.ts";
import { AgentCall, boundCalls, type ReportedCall } from "./agent-call.ts";
import type { AgentAct } from "./agent-items.ts";
import type { UsageMeter } from "./usage-meter.ts";

/** Where an attempt writes. */
export interface TurnWriter {
  state: RunState;
  sink: RunSink;
  files: RunFiles | undefined;
}

export interface TurnDeps {
  workspace: string;
  model: PricedModel;
  prices: Prices;
  meter: UsageMeter;
  /** Before a step. @throws BudgetExceeded */
  checkBudget: (state: RunState) => Promise<void>;
  /** Whether what such a call gives may be by strangers. */
  readsUntrusted: (kind: ToolKind) => boolean;
  countLines: (before: string, after: string) => { additions: number; deletions: number };
  /** Monotonic, in ms. */
  now: () => number;
  /** Ms since the epoch. */
  date: () => number;
}

type PerformedAct = Awaited<ReturnType<AgentAct["perform"]>>;

type FinishReason = EventDataOf<"step.ended">["finishReason"];

/** Maximum that an agent may say in one block, in UTF-16 units; the rest is left out. */
const MAX_BLOCK_LENGTH = 2_000_000;
const MAX_PLAN_ITEMS = 200;
const MAX_ID_LENGTH = 160;

/**
 * Tells an agent's updates as events of ours. What it says between two tool calls is a step; a call is announced by the end
 * of its step, and called once there is a sign that it runs: agents report it as running and only then ask for permission.
 */
export class AgentTurn {
  readonly #deps: TurnDeps;
  #writer: TurnWriter;
  readonly #calls = new Map<string, AgentCall>();
  #blocks = new AnswerBlocks();
  #blockLength = 0;
  #isStepOpen = false;
  /** Text of the last step, the answer if nothing follows. */
  #text = "";

  constructor(deps: TurnDeps, writer: TurnWriter) {
    this.#deps = deps;
    this.#writer = writer;
  }

  /** Another attempt goes on with it. */
  continueWith(writer: TurnWriter): void {
    this.#writer = writer;
  }

  get answer(): string {
    return this.#text;
  }

  /** Calls that run, as far as the agent tells. */
  get running(): AgentCall[] {
    return this.#inStage("called");
  }

  /** Calls that may be running or about to ask for permission. */
  get held(): AgentCall[] {
    return this.#inStage("announced").filter(({ status }) => status === "in_progress");
  }

  async apply(update: SessionUpdate): Promise<void> {
    switch (update.sessionUpdate) {
      case "agent_message_chunk":
        return this.#say("text", textOf(update.content));
      case "agent_thought_chunk":
        return this.#say("reasoning", textOf(update.content));
      case "tool_call":
      case "tool_call_update":
        return this.#follow(update);
      case "plan":
        return this.#plan(update.entries);
      default:
    }
  }

  /** The call that a request is about, with what the request tells of it. */
  callOf(report: ReportedCall): AgentCall {
    let call = this.#calls.get(report.toolCallId);
    if (call === undefined) {
      call = new AgentCall(this.#freeId(report.toolCallId), this.#deps.workspace);
      this.#calls.set(report.toolCallId, call);
    }
    call.learn(report);
    boundCalls(this.#calls.values());
    return call;
  }

  /** Ends the step with the call; it has not started. A call that has started goes on under another id. */
  async announce(agentId: string, call: AgentCall): Promise<AgentCall> {
    if (call.stage === "known") {
      call.stage = "announced";
      await this.endStep("tool-calls", [call.describe()]);
      return call;
    }
    if (call.stage === "announced") return call;
    const next = call.again(this.#freeId(agentId));
    if (call.stage === "called")
      await this.#end(call, "interrupted", "It asked for permission after it had started.");
    this.#calls.set(agentId, next);
    return this.announce(agentId, next);
  }

  /** It runs from here on. @param rule the one that allows it, in words. */
  async start(call: AgentCall, rule?: string): Promise<void> {
    if (call.stage !== "announced") return;
    call.stage = "called";
    const { state, files } = this.#writer;
    const described = call.describe();
    if (files !== undefined && mayWrite(described)) await state.record(...(await files.willWrite()));
    call.calledAt = this.#deps.now();
    const readsUntrusted = this.#deps.readsUntrusted(call.kind) ? true : undefined;
    await state.record({ type: "tool.called", data: { ...described, readsUntrusted, allowedBy: rule } });
  }

  async deny(call: AgentCall, output: string): Promise<void> {
    call.stage = "ended";
    call.release();
    const data = { callId: call.callId, status: "denied", output, durationMs: 0 } as const;
    await this.#writer.state.record({ type: "tool.ended", data });
  }

  /** Ends a call that the server itself performed. */
  async finish(call: AgentCall, { status, output, fileChanges = [] }: PerformedAct): Promise<void> {
    await this.#end(call, status, output);
    const { state } = this.#writer;
    await state.record(...fileChanges.map((data) => ({ type: "file.changed", data }) as const));
  }

  /** The next call of this name is another one. */
  forget(agentId: string): void {
    const call = this.#calls.get(agentId);
    this.#calls.delete(agentId);
    if (call !== undefined && call.stage !== "known") this.#calls.set(call.callId, call);
  }

  async note(level: "info" | "warning", message: string): Promise<void> {
    await this.#writer.state.record({ type: "notice", data: { level, message } });
  }

  /** @param calls what it asked for. */
  async endStep(finishReason: FinishReason, calls: readonly ToolCall[] = []): Promise<void> {
    await this.#openStep();
    this.#isStepOpen = false;
    const step = this.#writer.state.progress.steps + 1;
    const { model, meter, prices, date } = this.#deps;
    const usage = await prices.price(model, meter.take(), date());
    const data = { step, model: model.name, usage, finishReason, toolCalls: [...calls] };
    await this.#writer.state.record(...this.#blocks.endAll(), { type: "step.ended", data });
    this.#blocks = new AnswerBlocks();
    this.#blockLength = 0;
  }

  /** The agent is done: what it left open has ended. */
  async close(finishReason: FinishReason): Promise<void> {
    for (const call of this.#inStage("announced")) await this.start(call);
    for (const call of this.running) await this.#end(call, "interrupted", call.result().output);
    if (!this.#isStepOpen && !this.#deps.meter.hasUntaken) return;
    await this.#openStep({ isBudgeted: false });
    await this.endStep(finishReason);
  }

  /** @param isBudgeted false: it happened already. @throws BudgetExceeded */
  async #openStep({ isBudgeted = true } = {}): Promise<void> {
    if (this.#isStepOpen) return;
    const { state } = this.#writer;
    if (isBudgeted) await this.#deps.checkBudget(state);
    this.#isStepOpen = true;
    this.#text = "";
    const data = { step: state.progress.steps + 1, model: this.#deps.model.name };
    await state.record({ type: "step.started", data });
  }

  async #say(kind: "text" | "reasoning", text: string): Promise<void> {
    const room = Math.max(0, MAX_BLOCK_LENGTH - this.#blockLength);
    const said = text.toWellFormed();
    const piece = said.length <= room ? said : ownCopy(said.slice(0, room).toWellFormed());
    if (piece === "") return;
    await this.#openStep();
    this.#blockLength += piece.length;
    if (kind === "text") this.#text += piece;
    // One after the other: an agent that thinks again begins another block.
    this.#blocks.end(kind === "text" ? "reasoning" : "text", "0");
    await this.#writer.state.record(...this.#blocks.takeEnded());
    await this.#writer.sink.delta(this.#blocks.add(kind, "0", piece));
  }

  async #follow(report: ReportedCall): Promise<void> {
    const call = this.callOf(report);
    // After a denial, or a report that comes late.
    if (call.stage === "ended") return;
    const { status } = call;
    if (status === "pending") return;
    if (call.stage === "known") await this.announce(report.toolCallId, call);
    if (status === "in_progress") {
      if (call.isAllowed || call.hasOutput) await this.start(call);
      if (call.stage === "called") await this.#progress(call);
      return;
    }
    await this.start(call);
    await this.#end(call, status === "completed" ? "succeeded" : "failed");
  }

  async #progress(call: AgentCall): Promise<void> {
    const chunk = call.takeProgress().toWellFormed();
    if (chunk === "") return;
    await this.#writer.sink.delta({ type: "tool.progress", data: { callId: call.callId, chunk } });
  }

  async #end(call: AgentCall, status: EventDataOf<"tool.ended">["status"], output?: string): Promise<void> {
    const { state, files } = this.#writer;
    call.stage = "ended";
    const { callId } = call;
    const durationMs = Math.max(0, Math.round(this.#deps.now() - call.calledAt));
    const result = output === undefined ? call.result() : { output };
    const changes = status === "succeeded" ? this.#changes(call) : [];
    call.release();
    await state.record({ type: "tool.ended", data: { callId, status, durationMs, ...result } }, ...changes);
    if (files !== undefined && mayWrite(call)) await state.record(...(await files.save("step")));
  }

  #changes(call: AgentCall): RunEvent[] {
    return call.diffs().map(({ part: { path }, before, after }) => {
      const change = before === null || before === "" ? ("created" as const) : ("modified" as const);
      return { type: "file.changed", data: { path, change, ...this.#deps.countLines(before ?? "", after) } };
    });
  }

  async #plan(
    entries: readonly { content: string; status: "pending" | "in_progress" | "completed" }[],
  ): Promise<void> {
    const status = { pending: "pending", in_progress: "active", completed: "done" } as const;
    const items = entries.slice(0, MAX_PLAN_ITEMS).map(({ content, status: state }) => ({
      text: ownCopy(content.slice(0, 2_000).toWellFormed()),
      status: status[state],
    }));
    await this.#writer.state.record({ type: "plan.updated", data: { items } });
  }

  #inStage(stage: AgentCall["stage"]): AgentCall[] {
    return [...this.#calls.values()].filter((call) => call.stage === stage);
  }

  /** An id that no call of the session has: agents may number theirs anew. */
  #freeId(agentId: string): string {
    const kept = agentId.toWellFormed().slice(0, MAX_ID_LENGTH).toWellFormed();
    const isTaken =
      this.#writer.state.transcript.hasCall(kept) ||
      [...this.#calls.values()].some(({ callId }) => callId === kept);
    return kept === "" || isTaken ? `${kept || "call"}-${randomUUID()}` : kept;
  }
}

function textOf(content: ContentBlock): string {
  switch (content.type) {
    case "text":
      return content.text;
    case "resource_link":
      return `[${content.title ?? content.name}](${content.uri})`;
    case "resource":
      return "text" in content.resource ? content.resource.text : "";
    default:
      return "";
  }
}
