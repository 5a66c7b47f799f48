import type { MetricsPage } from "../port.ts";
import { EventMetrics } from "./event-metrics.ts";
import { counterFamily, type Family, gaugeFamily, histogramFamily, labelledGauge } from "./families.ts";
import { Counter, Histogram } from "./measures.ts";
import { ProcessMetrics } from "./process-metrics.ts";
import { prometheusText } from "./prometheus-text.ts";

/** In seconds. */
const COMMIT_TIMES = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const CALL_TIMES = [0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640];
const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** What is asked of others when somebody looks. */
export interface MetricSources {
  version: string;
  node: string;
  /** Unfinished tasks of the whole store. */
  tasks(): Promise<Iterable<readonly [state: string, count: number]>>;
  running(): number;
  holdsLease(): boolean;
  streams(): number;
  outbox(): Promise<readonly { name: string; waiting: number; lagMs: number; failures: number }[]>;
  /** Free and total bytes where the data is. */
  disk(): Promise<{ freeBytes: number; totalBytes: number } | null>;
  /** What the data takes, and may take; null: it has no budget. */
  diskBudget(): { usedBytes: number | null; budgetBytes: number } | null;
  /** Processes and threads that have died unasked, by kind. */
  deadWorkers(): Iterable<readonly [worker: string, count: number]>;
}

/**
 * Counts what happens on this node. The hot path only adds numbers; the rest is asked for when somebody looks. No label has
 * values that a user chooses.
 */
export class Metrics implements MetricsPage, Disposable {
  readonly fromEvents: EventMetrics;
  readonly #commitTime = new Histogram(COMMIT_TIMES);
  readonly #batchSize = new Histogram(BATCH_SIZES);
  readonly #calls = new Counter(["provider", "outcome"]);
  readonly #callTime = new Histogram(CALL_TIMES);
  readonly #process = new ProcessMetrics();
  readonly #providerOf: (model: string | undefined) => string;
  #sources: MetricSources | undefined;

  /** @param providers names of the operator's; calls of others are one. */
  constructor(providers: () => readonly string[]) {
    let known: ReadonlySet<string> | undefined;
    this.#providerOf = (model) => {
      known ??= new Set(providers());
      const provider = model?.split(":", 1)[0] ?? "";
      return known.has(provider) ? provider : "other";
    };
    this.fromEvents = new EventMetrics(this.#providerOf);
  }

  /** @param appends in the transaction */
  readonly committed = (appends: number, durationMs: number): void => {
    this.#commitTime.record(durationMs / 1_000);
    this.#batchSize.record(appends);
  };

  /** @param outcome `ok`, `aborted`, or the code of the provider's fault */
  readonly modelCalled = (model: string, outcome: string, durationMs: number): void => {
    this.#calls.add(1, this.#providerOf(model), outcome);
    this.#callTime.record(durationMs / 1_000);
  };

  from(sources: MetricSources): void {
    this.#sources = sources;
  }

  async text(): Promise<string> {
    return prometheusText([...this.#counted(), ...(await this.#asked()), ...this.#ofProcess()]);
  }

  [Symbol.dispose](): void {
    this.#process[Symbol.dispose]();
  }

  #counted(): Family[] {
    const { fromEvents: of } = this;
    return [
      counterFamily("trunkline_events_appended", "Events committed by this node", of.events),
      histogramFamily(
        "trunkline_commit_duration_seconds",
        "Time of one transaction of appends",
        this.#commitTime,
      ),
      histogramFamily("trunkline_commit_batch_size", "Appends that shared a transaction", this.#batchSize),
      counterFamily(
        "trunkline_attempts",
        "Runs of tasks begun: first, again (after a crash or stop), resumed (after waiting)",
        of.attempts,
      ),
      histogramFamily("trunkline_queue_wait_seconds", "From submit to the first start", of.queueWait),
      counterFamily(
        "trunkline_task_interruptions",
        "Runs of tasks that a crash or stop ended",
        of.interruptions,
      ),
      counterFamily("trunkline_tasks_ended", "Tasks that ended", of.ended),
      counterFamily("trunkline_tool_calls", "Tool calls that ended", of.toolCalls),
      counterFamily(
        "trunkline_provider_calls",
        "Model calls of the built-in agents; outcome: ok, aborted, or what went wrong",
        this.#calls,
      ),
      histogramFamily("trunkline_provider_call_duration_seconds", "Time of a model call", this.#callTime),
      counterFamily(
        "trunkline_tokens",
        "Tokens of completed model calls; input includes cached_input",
        of.tokens,
      ),
      counterFamily("trunkline_cost_usd", "Price of completed model calls, where it is known", of.cost),
      counterFamily("trunkline_unpriced_calls", "Completed model calls whose price is unknown", of.unpriced),
    ];
  }

  async #asked(): Promise<Family[]> {
    const sources = this.#sources;
    if (sources === undefined) return [];
    const [tasks, outbox, disk] = await Promise.all([sources.tasks(), sources.outbox(), sources.disk()]);
    const { version, node } = sources;
    return [
      {
        name: "trunkline_info",
        help: "The server",
        kind: "gauge",
        points: [{ labels: { version, node }, value: 1 }],
      },
      labelledGauge("trunkline_tasks", "Unfinished tasks, of all nodes", "state", tasks),
      gaugeFamily("trunkline_tasks_running", "Tasks that this node runs", sources.running()),
      gaugeFamily("trunkline_lease_held", "Whether this node may run tasks", Number(sources.holdsLease())),
      gaugeFamily("trunkline_streams", "Live streams that are open", sources.streams()),
      labelledGauge(
        "trunkline_outbox_waiting",
        "Entries that a consumer has not seen",
        "consumer",
        outbox.map(({ name, waiting }) => [name, waiting]),
      ),
      labelledGauge(
        "trunkline_outbox_lag_seconds",
        "Age of the oldest of them",
        "consumer",
        outbox.map(({ name, lagMs }) => [name, lagMs / 1_000]),
      ),
      labelledGauge(
        "trunkline_outbox_failures",
        "Failures of a consumer in a row",
        "consumer",
        outbox.map(({ name, failures }) => [name, failures]),
      ),
      {
        ...labelledGauge(
          "trunkline_dead_workers",
          "Processes and threads that died unasked",
          "worker",
          sources.deadWorkers(),
        ),
        kind: "counter",
      } as Family,
      gaugeFamily("trunkline_disk_free_bytes", "Free space where the data is", disk?.freeBytes ?? null),
      gaugeFamily("trunkline_disk_size_bytes", "Size of that disk", disk?.totalBytes ?? null),
      gaugeFamily(
        "trunkline_disk_used_bytes",
        "What the data takes, measured where it has a budget",
        sources.diskBudget()?.usedBytes ?? null,
      ),
      gaugeFamily(
        "trunkline_disk_budget_bytes",
        "What it may take",
        sources.diskBudget()?.budgetBytes ?? null,
      ),
    ];
  }

  #ofProcess(): Family[] {
    const of = this.#process.read();
    const { median, p99, max } = of.loopDelay;
    const cpu: Family = {
      name: "process_cpu_seconds",
      help: "CPU time of the server's process",
      kind: "counter",
      points: [{ labels: {}, value: of.cpuSeconds }],
    };
    return [
      cpu,
      gaugeFamily("process_resident_memory_bytes", "Memory of the server's process", of.residentBytes),
      gaugeFamily("process_start_time_seconds", "When it started, since the epoch", of.startedSeconds),
      gaugeFamily("process_open_fds", "File descriptors that it has open", of.openFiles),
      gaugeFamily("nodejs_heap_size_used_bytes", "JavaScript heap in use", of.heapBytes),
      labelledGauge(
        "trunkline_event_loop_delay_seconds",
        "Delay of the event loop since the last look",
        "quantile",
        [
          ["0.5", median],
          ["0.99", p99],
          ["1", max],
        ],
      ),
      gaugeFamily(
        "trunkline_event_loop_utilization",
        "Share of its time that the event loop was busy",
        of.loopUtilization,
      ),
    ];
  }
}
