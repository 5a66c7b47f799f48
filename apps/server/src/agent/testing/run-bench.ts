import { FakeProvider, type FakeProviderOptions } from "@trunkline/testkit";
import type { Budget, Effort } from "@trunkline/contract";
import { ToolBench } from "../../tools/testing/tool-bench.ts";
import type { ModelConfig } from "../../config/config.ts";
import type { Tool } from "../../tools/port.ts";
import { sameTools } from "../../tools/testing/same-tools.ts";
import { createApprovalPolicy } from "../../approvals/policy.ts";
import type { ApprovalMode, RuleInForce } from "../../approvals/port.ts";
import { systemClock } from "../clock.ts";
import { createRunTask, type LoopDeps } from "../loop.ts";
import { createModelRegistry } from "../models/registry.ts";
import type { ModelRegistry, RunOutcome, Subagents } from "../port.ts";
import { MemoryLog } from "./memory-log.ts";

/** Time of day of every run, in ms. */
export const BENCH_DATE = Date.UTC(2026, 0, 1);

const OWNER_ID = "01890a5d-ac96-774b-bcce-b302099a8057";

export const SECRET = "sk-canary-0123456789";

export interface RunOptions {
  /** For this run; default: the bench's. */
  model?: string;
  effort?: Effort;
  /** Names of models. */
  fallbacks?: readonly string[];
  budget?: Budget;
  signal?: AbortSignal;
  deps?: LoopDeps;
  tools?: readonly Tool[];
  approvals?: ApprovalMode;
  /** Of the user, the project and the operator. */
  rules?: readonly RuleInForce[];
  /** The model's context window, if known. */
  contextTokens?: number;
  subagents?: Subagents;
  /** Up to this event the log was imported. */
  importedSeq?: number;
}

/** Everything that a run needs, real except for the log: a provider over HTTP, its real client, the real tools. */
export class RunBench implements AsyncDisposable {
  readonly provider: FakeProvider;
  readonly log = new MemoryLog();
  readonly toolBench: ToolBench;
  readonly #models: ModelRegistry;
  /** Delays that the run requested, in ms; none is actually waited for. */
  readonly waits: number[] = [];

  private constructor(provider: FakeProvider, toolBench: ToolBench, models: ModelRegistry) {
    this.provider = provider;
    this.toolBench = toolBench;
    this.#models = models;
  }

  static async create(options?: FakeProviderOptions, config: Partial<ModelConfig> = {}): Promise<RunBench> {
    const provider = await FakeProvider.start(options);
    const models = await createModelRegistry({
      model: undefined,
      openaiApiKey: SECRET,
      openaiBaseUrl: provider.url,
      openaiResponsesBaseUrl: undefined,
      anthropicApiKey: undefined,
      anthropicBaseUrl: undefined,
      googleApiKey: undefined,
      googleBaseUrl: undefined,
      maxOutputTokens: undefined,
      patience: { startMs: 600_000, idleMs: 300_000 },
      ...config,
    });
    return new RunBench(provider, await ToolBench.create({ graceMs: 300, forceMs: 60_000 }), models);
  }

  async run(taskId: string, options: RunOptions = {}): Promise<RunOutcome> {
    const clock = {
      ...systemClock,
      random: () => 0.5,
      date: () => BENCH_DATE,
      wait: async (ms: number, signal: AbortSignal) => {
        // The task's own deadline, a day away, is the only wait that is not a retry.
        if (ms > 3_600_000) return systemClock.wait(ms, signal);
        signal.throwIfAborted();
        this.waits.push(ms);
      },
    };
    const runTask = createRunTask({ clock, ...options.deps });
    const sink = this.log.sink(taskId);
    const outcome = await runTask({
      sessionId: this.log.sessionId,
      taskId,
      log: this.log.reader(),
      model: {
        ...this.#models.resolve(options.model ?? this.#models.defaultModel),
        contextTokens: options.contextTokens,
      },
      effort: options.effort,
      fallback: async (tried) => {
        const next = options.fallbacks?.find((name) => !tried.has(name));
        return next === undefined ? null : this.#models.resolve(next);
      },
      ownerId: OWNER_ID,
      tools: sameTools(options.tools ?? this.toolBench.tools),
      policy: {
        policyOf: async () =>
          createApprovalPolicy({
            mode: options.approvals ?? "never",
            rules: options.rules ?? [],
            now: Date.now,
          }),
      },
      importedSeq: options.importedSeq ?? 0,
      workspace: this.toolBench.workspace,
      budget: options.budget ?? {},
      ...(options.subagents && { subagents: options.subagents }),
      steering: this.log.steering(taskId),
      sink,
      signal: options.signal ?? new AbortController().signal,
    });
    if (outcome.type !== "completed") return outcome;
    // As the runner commits them, with the end.
    const { events = [], ...completed } = outcome;
    if (events.length > 0) await sink.append(events);
    return completed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.provider.close();
    await this.toolBench[Symbol.asyncDispose]();
  }
}
