import { isDeepStrictEqual } from "node:util";
import type { PromptResponse, RequestPermissionRequest } from "@agentclientprotocol/sdk";
import type { NetworkRefusal, Usage } from "@trunkline/contract";
import type { ApprovalRequest } from "../../approvals/port.ts";
import type { CallAnswer } from "../approval-ledger.ts";
import { RunFailure } from "../run-failure.ts";
import type { RunState } from "../run-state.ts";
import type { AgentCall } from "./agent-call.ts";
import type { AgentAct, AgentItem } from "./agent-items.ts";
import type { AgentTurn, TurnWriter } from "./agent-turn.ts";
import type { LiveAgent } from "./live-agent.ts";
import type { LostCall } from "./lost-call.ts";
import { outcomeFor, type Permission } from "./permission.ts";
import type { UsageMeter } from "./usage-meter.ts";

/** A call of the agent's that waits for an answer. */
interface Asked {
  call: AgentCall;
  request: ApprovalRequest;
  /** Tells the agent. */
  allow: (rule?: string) => Promise<void>;
  refuse: (reason: string) => void;
}

/** All that whoever answered has seen of a call: many agents give all commands one title. */
type WhatItDoes = Pick<LostCall, "kind" | "title" | "input">;

type PermissionOf = (state: RunState, call: AgentCall) => Promise<Permission>;

export interface AgentWorkDeps {
  agent: LiveAgent;
  turn: AgentTurn;
  title: string;
  meter: UsageMeter;
  /** Whether the agent goes on with a session of its own from before. */
  isLoaded: boolean;
  permissionOf: PermissionOf;
  /** Of an act of ours for the agent. */
  actPermissionOf: PermissionOf;
}

export type WorkOutcome =
  | { type: "ended"; response: PromptResponse }
  /** Its process goes on living. */
  | { type: "asks"; request: ApprovalRequest };

/** How long a call is held before it counts as running, in ms: the time that agents take to ask for permission. */
const HOLD_MS = 1_000;
const MAX_GRANTS = 20;

/** An agent at work on a task, across the attempts that it takes to get answers. */
export class AgentWork {
  readonly #deps: AgentWorkDeps;
  #writer: TurnWriter;
  #asked: Asked | null = null;
  /** Requests that wait until what runs beside them has ended. */
  #questions: Asked[] = [];
  /** Answers to calls that a process which is gone had asked about, by what they do. */
  readonly #grants: { does: WhatItDoes; isAllowed: boolean }[] = [];
  /** What people wrote beside their denials; the protocol has no place for it. */
  #notes: string[] = [];
  #refusals: NetworkRefusal[] = [];
  /** Whether it has said or done anything about the task. */
  #hasBegun = false;
  #hasFailed = false;

  constructor(deps: AgentWorkDeps, writer: TurnWriter) {
    this.#deps = deps;
    this.#writer = writer;
  }

  get agent(): LiveAgent {
    return this.#deps.agent;
  }

  get meter(): UsageMeter {
    return this.#deps.meter;
  }

  /** It could not even begin, and had a session of its own to go on with, which may be what is wrong. */
  get failedAtItsMemory(): boolean {
    return this.#hasFailed && this.#deps.isLoaded && !this.#hasBegun;
  }

  /** Text of its last step. */
  get answer(): string {
    return this.#deps.turn.answer;
  }

  async note(message: string): Promise<void> {
    await this.#deps.turn.note("warning", message);
  }

  /** Its turn is over. @param usage of the whole turn, as the agent reports it; null: it does not. */
  async close(finishReason: "stop" | "length", usage: Usage | null): Promise<void> {
    const { meter, turn } = this.#deps;
    if (!meter.hasSeen && usage !== null) meter.add(usage);
    await turn.close(finishReason);
  }

  async end(): Promise<void> {
    await this.#deps.agent.end();
  }

  refused(refusal: NetworkRefusal): void {
    this.#refusals.push(refusal);
  }

  /** The call may be asked about once more by the process that takes the place of the one that is gone. */
  grant(does: WhatItDoes, isAllowed: boolean): void {
    if (this.#grants.length < MAX_GRANTS) this.#grants.push({ does, isAllowed });
  }

  /** Notes that the agent was not told yet, once. */
  takeNotes(): string[] {
    const notes = this.#notes;
    this.#notes = [];
    return notes;
  }

  /** Another attempt goes on, with the answer to what was asked. @returns false if there is none. */
  async continueWith(writer: TurnWriter): Promise<boolean> {
    this.#writer = writer;
    this.#deps.turn.continueWith(writer);
    const asked = this.#asked;
    const answer = asked === null ? undefined : writer.state.ledger.decisionOn(asked.call.callId);
    if (asked === null || answer === undefined) return false;
    this.#asked = null;
    await this.#settle(asked, answer);
    return true;
  }

  /** Works until the agent is done or asks. @throws RunFailure, BudgetExceeded, the signal's reason. */
  async run(signal: AbortSignal): Promise<WorkOutcome> {
    const { agent, turn } = this.#deps;
    for (;;) {
      const question = turn.running.length === 0 ? this.#questions.shift() : undefined;
      if (question !== undefined) {
        this.#asked = question;
        return { type: "asks", request: question.request };
      }
      const item = await agent.items.next(signal, turn.held.length > 0 ? HOLD_MS : null);
      if (item === null) await this.#startHeld();
      else if (item.type === "turn-ended") {
        await this.#recordRefusals();
        return { type: "ended", response: item.response };
      } else await this.#take(item);
      await this.#recordRefusals();
    }
  }

  async #startHeld(): Promise<void> {
    const asking = new Set(this.#questions.map(({ call }) => call));
    for (const call of this.#deps.turn.held) if (!asking.has(call)) await this.#deps.turn.start(call);
  }

  async #take(item: Exclude<AgentItem, { type: "turn-ended" }>): Promise<void> {
    this.#hasBegun ||= isWork(item);
    switch (item.type) {
      case "update":
        return this.#deps.turn.apply(item.update);
      case "permission":
        return this.#permit(item.request, item.answer);
      case "act":
        return this.#act(item.act);
      case "failed":
        this.#hasFailed = true;
        throw failureOf(this.#deps.title, item.error);
    }
  }

  async #permit(
    request: RequestPermissionRequest,
    answer: Extract<AgentItem, { type: "permission" }>["answer"],
  ): Promise<void> {
    const { turn, permissionOf } = this.#deps;
    const reported = turn.callOf(request.toolCall);
    const call = await turn.announce(request.toolCall.toolCallId, reported);
    const allow = async (rule?: string): Promise<void> => {
      call.isAllowed = true;
      await turn.start(call, rule);
      answer(outcomeFor(request, true));
    };
    const refuse = (): void => answer(outcomeFor(request, false));
    const permission = await permissionOf(this.#writer.state, call);
    // The rules may have changed since.
    if (permission.type === "deny") return this.#forbid({ call, refuse }, permission.rule);
    const grant = this.#takeGrant(call);
    if (grant !== undefined) return this.#settle({ call, allow, refuse }, grant);
    if (permission.type === "allow") return allow(permission.rule);
    this.#questions.push({ call, request: permission.request, allow, refuse });
  }

  async #act(act: AgentAct): Promise<void> {
    const { turn, actPermissionOf } = this.#deps;
    const id = `trunkline-${act.tool}`;
    const { title, kind } = act;
    const call = turn.callOf({ toolCallId: id, name: act.tool, title, kind, rawInput: act.input });
    const others = [...turn.running, ...turn.held].filter((other) => other !== call && other.covers(act));
    const isAllowed = others.some((other) => other.isAllowed);
    const permission: Permission = isAllowed
      ? { type: "allow" }
      : await actPermissionOf(this.#writer.state, call);
    if (permission.type === "allow" && others.length > 0) {
      turn.forget(id);
      await act.perform();
      return;
    }
    const announced = await turn.announce(id, call);
    turn.forget(id);
    const allow = async (rule?: string): Promise<void> => {
      await turn.start(announced, rule);
      const result = await act.perform();
      await turn.finish(announced, result);
    };
    const { refuse } = act;
    if (permission.type === "allow") return allow(permission.rule);
    if (permission.type === "deny") return this.#forbid({ call: announced, refuse }, permission.rule);
    const request = { ...permission.request, callId: announced.callId };
    this.#questions.push({ call: announced, request, allow, refuse });
  }

  async #forbid({ call, refuse }: Pick<Asked, "call" | "refuse">, rule: string): Promise<void> {
    await this.#deps.turn.deny(call, `Not run, by a rule of the user: ${rule}`);
    refuse(`A rule of the user forbids it: ${rule}`);
  }

  async #settle(
    { call, allow, refuse }: Omit<Asked, "request">,
    answer: Pick<CallAnswer, "allowed"> & Partial<CallAnswer>,
  ) {
    if (answer.allowed) return allow();
    const { by = null, note } = answer;
    const who = by === null ? "Nobody answered in time" : `Denied by ${by}`;
    await this.#deps.turn.deny(call, note === undefined ? `${who}; not run.` : `${who}; not run. ${note}`);
    if (note !== undefined && note !== "")
      this.#notes.push(`About "${call.title}", which was denied: ${note}`);
    refuse(who);
  }

  #takeGrant(call: AgentCall): { allowed: boolean } | undefined {
    const { kind, title, input } = call.describe();
    const at = this.#grants.findIndex(({ does }) => isDeepStrictEqual(does, { kind, title, input }));
    const [grant] = at < 0 ? [] : this.#grants.splice(at, 1);
    return grant === undefined ? undefined : { allowed: grant.isAllowed };
  }

  async #recordRefusals(): Promise<void> {
    const { state } = this.#writer;
    const refusals = this.#refusals;
    this.#refusals = [];
    for (const refusal of refusals) {
      if (state.isNewRefusal(refusal)) await state.record({ type: "network.refused", data: refusal });
    }
  }
}

/** What is told of a session besides, such as its commands, is no work. */
const WORK: ReadonlySet<string> = new Set([
  "agent_message_chunk",
  "agent_thought_chunk",
  "tool_call",
  "tool_call_update",
  "plan",
]);

function isWork(item: Exclude<AgentItem, { type: "turn-ended" }>): boolean {
  return item.type === "update" ? WORK.has(item.update.sessionUpdate) : item.type !== "failed";
}

const AUTH_REQUIRED = -32_000;

/** What keeps an agent from its work, in words. */
export function failureOf(title: string, error: unknown): RunFailure {
  const { code, message, data } = error as { code?: unknown; message?: string; data?: unknown };
  const details =
    (data as { details?: unknown } | undefined)?.details ??
    (data as { message?: unknown } | undefined)?.message;
  const why = [message ?? String(error), typeof details === "string" ? details : ""]
    .filter(Boolean)
    .join(": ");
  const isSignIn = code === AUTH_REQUIRED && /auth|sign|log ?in/i.test(why);
  const advice = isSignIn ? ". It has no credentials here: docs/acp.md says how it gets them" : "";
  return new RunFailure(
    { code: "agent_failed", message: `${title} failed: ${why}${advice}`, retryable: !isSignIn },
    { cause: error },
  );
}
