import type { RunOutcome } from "../port.ts";
import { type RawAnswer, RawProvider } from "./raw-provider.ts";
import { RunBench, type RunOptions } from "./run-bench.ts";
import type { ModelConfig } from "../../config/config.ts";

/** Runs tasks of one session against a provider with given bytes. */
export class RawBench implements AsyncDisposable {
  readonly provider: RawProvider;
  readonly bench: RunBench;

  private constructor(provider: RawProvider, bench: RunBench) {
    this.provider = provider;
    this.bench = bench;
  }

  static async create(answers: readonly RawAnswer[], config: Partial<ModelConfig> = {}): Promise<RawBench> {
    const provider = await RawProvider.start(...answers);
    const bench = await RunBench.create(
      {},
      { openaiBaseUrl: provider.url, model: "openai-compatible:m", ...config },
    );
    return new RawBench(provider, bench);
  }

  get log() {
    return this.bench.log;
  }

  get notices(): string[] {
    return this.log.of("notice").map(({ message }) => message);
  }

  /** Runs one task to its end, which it records like the runner. */
  async run(prompt: string, options: RunOptions = {}): Promise<RunOutcome> {
    const taskId = this.log.begin(prompt);
    const outcome = await this.bench.run(taskId, options);
    if (outcome.type === "completed") {
      this.log.append({ taskId, type: "task.completed", data: { result: outcome.result } });
    } else if (outcome.type === "failed") {
      const { reason, error } = outcome;
      this.log.append({ taskId, type: "task.failed", data: { reason, error } });
    }
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.provider[Symbol.asyncDispose]();
    await this.bench[Symbol.asyncDispose]();
  }
}
