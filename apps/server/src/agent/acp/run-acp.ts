import type { PromptResponse } from "@agentclientprotocol/sdk";
import { mkdir } from "node:fs/promises";
import { type ToolKind, TrunklineError } from "@trunkline/contract";
import { effectiveBudget, startDeadline } from "../budget-meter.ts";
import type { Clock } from "../clock.ts";
import { budgetedTask, outcomeOf } from "../loop.ts";
import type { RunInput, RunOutcome, RunTask } from "../port.ts";
import type { Budgets, PricedModel, Prices } from "../../usage/port.ts";
import { BudgetExceeded, RunFailure } from "../run-failure.ts";
import { RunState } from "../run-state.ts";
import type { ParkedWork } from "../parked-work.ts";
import { AgentBudget } from "./agent-budget.ts";
import type { AgentCall } from "./agent-call.ts";
import { type AgentPlace, openAgentPlace } from "./agent-memory.ts";
import { modelFor, pricedModel } from "./agent-model.ts";
import { agentPrompt } from "./agent-prompt.ts";
import type { AcpAgentSetting } from "./agent-setting.ts";
import { AgentTurn, type TurnDeps } from "./agent-turn.ts";
import { AgentWork, type AgentWorkDeps, failureOf } from "./agent-work.ts";
import { closeLostCall, resumptionText } from "./lost-call.ts";
import { permissionFor } from "./permission.ts";
import { type AgentStartDeps, startAgent } from "./start-agent.ts";
import { finishReasonOf, stopNote, usageOf } from "./turn-response.ts";
import { UsageMeter } from "./usage-meter.ts";
import { writeFile } from "./write-file.ts";

export interface AcpDeps extends AgentStartDeps {
  /** Directory of a session's agents, which goes with the session. */
  directoryOf: (sessionId: string) => string;
  countLines: TurnDeps["countLines"];
  ownersWords: (session: { sessionId: string; ownerId: string }) => Promise<string | null>;
  clock: Clock;
  prices: Prices;
  /** Absent: a task has its own budget alone. */
  budgets?: Budgets;
  parked: ParkedWork<AgentWork>;
}

/** Runs a task by an agent that speaks the Agent Client Protocol (docs/acp.md). */
export function createAcpRunTask(deps: AcpDeps, setting: AcpAgentSetting): RunTask {
  return async (input) => {
    const state = await RunState.read(input);
    const { budgets, prices, clock } = deps;
    const limits = effectiveBudget(input.budget, budgets?.taskLimits);
    const budget = new AgentBudget({ limits, budgets, task: budgetedTask(input), prices, clock, state });
    using deadline = startDeadline(limits, state.progress, deps.clock);
    const signal = AbortSignal.any([input.signal, deadline.signal, budget.signal]);
    try {
      return await new AcpRun(deps, setting, { input, state, budget, signal }).run();
    } catch (error) {
      return await outcomeOf(error, { signal: input.signal, deadline, state });
    }
  };
}

interface Attempt {
  input: RunInput;
  state: RunState;
  budget: AgentBudget;
  signal: AbortSignal;
}

/** One attempt of a task. */
class AcpRun {
  readonly #deps: AcpDeps;
  readonly #setting: AcpAgentSetting;
  readonly #attempt: Attempt;

  constructor(deps: AcpDeps, setting: AcpAgentSetting, attempt: Attempt) {
    this.#deps = deps;
    this.#setting = setting;
    this.#attempt = attempt;
  }

  async run(): Promise<RunOutcome> {
    const { input, state, signal } = this.#attempt;
    const { parked, directoryOf } = this.#deps;
    // The agent may look at files from its first moment on.
    if (input.files !== undefined) await state.record(...(await input.files.begin()));
    await mkdir(input.workspace, { recursive: true, mode: 0o700 });
    const place = await openAgentPlace(directoryOf(input.sessionId), this.#setting.name);
    const waiting = parked.take(input.taskId);
    const work = waiting !== null && (await this.#goesOn(waiting)) ? waiting : await this.#started(place);
    try {
      return await this.#carriedOut(work);
    } catch (error) {
      if (!work.failedAtItsMemory || signal.aborted) throw error;
      await place.forget();
      const again = await this.#started(place);
      const { title } = this.#setting;
      await again.note(`${title} could not go on with its own session, and was told this one from its log`);
      return await this.#carriedOut(again);
    }
  }

  /** Works, and ends the agent unless it waits for an answer. */
  async #carriedOut(work: AgentWork): Promise<RunOutcome> {
    const { input, state, signal } = this.#attempt;
    const { parked } = this.#deps;
    let isParked = false;
    try {
      const outcome = await this.#work(work);
      if (outcome.type === "input-required") {
        signal.throwIfAborted();
        await parked.park(input, work, state.lastSeq);
        isParked = true;
      }
      return outcome;
    } catch (error) {
      // What it has used so far counts.
      if (error instanceof BudgetExceeded) await work.close("stop", null);
      throw error;
    } finally {
      if (!isParked) await work.end();
    }
  }

  get #writer() {
    const { state, input } = this.#attempt;
    return { state, sink: input.sink, files: input.files };
  }

  async #goesOn(work: AgentWork): Promise<boolean> {
    try {
      this.#limit(work.meter, this.#pricedModel());
      if (await work.continueWith(this.#writer)) return true;
    } catch (error) {
      await work.end();
      throw error;
    }
    await work.end();
    return false;
  }

  /** Works until the task ends or waits; messages of the user's that came meanwhile are handed over between turns. */
  async #work(work: AgentWork): Promise<RunOutcome> {
    const { state, signal } = this.#attempt;
    for (;;) {
      const outcome = await work.run(signal);
      if (outcome.type === "asks") {
        return { type: "input-required", approvals: [outcome.request], questions: [] };
      }
      const heard = this.#messages().length;
      await work.close(finishReasonOf(outcome.response), usageOf(outcome.response));
      await state.takeInSteering();
      const messages = [...work.takeNotes(), ...this.#messages().slice(heard)];
      if (messages.length === 0) return this.#ending(work, outcome.response);
      work.agent.prompt(messages.join("\n\n"));
    }
  }

  async #ending(work: AgentWork, { stopReason }: PromptResponse): Promise<RunOutcome> {
    const { title } = this.#setting;
    if (stopReason === "cancelled") {
      const message = `${title} stopped by itself before it was done. Send a follow-up to continue`;
      throw new RunFailure({ code: "agent_stopped", message, retryable: true });
    }
    const note = stopNote(stopReason);
    if (note !== undefined) await work.note(`${title} ${note}`);
    return { type: "completed", result: work.answer };
  }

  /** What the user has sent to the running task so far. */
  #messages(): string[] {
    const turn = this.#attempt.state.transcript.turns.at(-1);
    return turn === undefined ? [] : [...turn.openingSteers, ...turn.steps.flatMap(({ steers }) => steers)];
  }

  async #started(place: AgentPlace): Promise<AgentWork> {
    try {
      return await this.#begin(place);
    } catch (error) {
      this.#attempt.signal.throwIfAborted();
      if (error instanceof TrunklineError) throw error;
      throw failureOf(this.#setting.title, error);
    }
  }

  /** Starts the agent, with its memory of the session where it has one, and tells it the task. */
  async #begin(place: AgentPlace): Promise<AgentWork> {
    const { input, state, signal } = this.#attempt;
    const { sessionId, ownerId, workspace, taskId } = input;
    const session = { sessionId, ownerId, workspace };
    const meter = new UsageMeter();
    const model = modelFor(this.#setting, input.model.name);
    const priced = this.#pricedModel();
    await this.#attempt.budget.requirePrice(priced);
    this.#limit(meter, priced);
    const lost = await closeLostCall(input, state);
    let work: AgentWork | undefined;
    const { agent, mode } = await startAgent(this.#deps, {
      setting: this.#setting,
      session,
      place,
      meter,
      model,
      onRefused: (refusal) => work?.refused(refusal),
      write: async (path, content) => writeFile(input, path, content),
      signal,
    });
    try {
      const memory = await place.memory();
      const isLoaded = memory !== null && (await agent.loadSession(memory.sessionId, workspace, signal));
      // Whatever comes of this attempt, the next one does not stumble over the same.
      if (memory !== null && !isLoaded) await place.forget();
      if (!isLoaded) await agent.newSession(workspace, signal);
      if (mode !== null) await agent.setMode(mode, signal);
      const isNew = state.progress.steps === 0 && lost === null && memory?.taskId !== taskId;
      const text = agentPrompt({
        transcript: state.transcript,
        taskId,
        rememberedTaskId: isLoaded ? memory.taskId : null,
        ownersWords: await this.#deps.ownersWords(session),
        resumption: isNew ? null : resumptionText(lost),
      });
      await place.remember({ sessionId: agent.sessionId, taskId });
      const turn = new AgentTurn(await this.#turnDeps(meter, priced), this.#writer);
      work = this.#workOf({ agent, turn, meter, isLoaded, hasNetwork: await this.#hasNetwork() });
      if (lost !== null) {
        const { kind, title: callTitle, input: asked, isAllowed } = lost;
        work.grant({ kind, title: callTitle, input: asked }, isAllowed);
      }
      agent.prompt(text);
      return work;
    } catch (error) {
      await agent.end();
      throw error;
    }
  }

  #workOf(
    parts: Pick<AgentWorkDeps, "agent" | "turn" | "meter" | "isLoaded"> & { hasNetwork: boolean },
  ): AgentWork {
    const { hasNetwork, ...working } = parts;
    const { title, name, asks } = this.#setting;
    const { sessionId, ownerId, workspace, policy } = this.#attempt.input;
    const { isSandboxed } = this.#deps.spawner;
    const common = { agent: `acp:${name}`, title, workspace, isSandboxed, hasNetwork };
    const permission = async (state: RunState, call: AgentCall, how: AcpAgentSetting["asks"]) => {
      // As the rules are now: somebody may have added one.
      const current = await policy.policyOf({ sessionId, ownerId });
      return permissionFor({ ...common, policy: current, asks: how, trust: state.ledger }, call);
    };
    return new AgentWork(
      {
        ...working,
        title,
        permissionOf: async (state, call) => permission(state, call, asks),
        // It has asked for nothing itself: the server asks where it would for a tool of its own.
        actPermissionOf: async (state, call) => permission(state, call, "policy"),
      },
      this.#writer,
    );
  }

  async #turnDeps(meter: UsageMeter, model: PricedModel): Promise<TurnDeps> {
    const { budget } = this.#attempt;
    const { isSandboxed } = this.#deps.spawner;
    const hasNetwork = await this.#hasNetwork();
    const isTrusted = (kind: ToolKind): boolean =>
      ["read", "edit", "delete", "move", "think"].includes(kind) ||
      (kind === "execute" && (!isSandboxed || !hasNetwork));
    return {
      workspace: this.#attempt.input.workspace,
      model,
      prices: this.#deps.prices,
      meter,
      checkBudget: async (state) => budget.beforeStep(state),
      date: () => this.#deps.clock.date(),
      readsUntrusted: (kind) => !isTrusted(kind),
      countLines: this.#deps.countLines,
      now: () => this.#deps.clock.now(),
    };
  }

  #pricedModel(): PricedModel {
    return pricedModel(this.#setting, modelFor(this.#setting, this.#attempt.input.model.name));
  }

  /** Model calls are refused, and the attempt ends, once a budget is used up. */
  #limit(meter: UsageMeter, model: PricedModel): void {
    const { budget } = this.#attempt;
    meter.exhausted = async () => budget.refusal(model, meter.untaken);
  }

  async #hasNetwork(): Promise<boolean> {
    const { sessionId, ownerId } = this.#attempt.input;
    const mode = await this.#deps.networks.modeOf({ sessionId, ownerId });
    return mode !== "off" || this.#setting.hosts.length > 0;
  }
}
