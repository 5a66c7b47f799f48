import type { SessionEvent, Usage } from "@trunkline/contract";
import type { EventObserver } from "../port.ts";
import { submittedAt } from "../submitted-at.ts";
import { Counter, Histogram } from "./measures.ts";

/** In seconds. */
const WAITS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600];

/** What the events that this node commits add up to: a few additions each, and nothing kept of their content. */
export class EventMetrics implements EventObserver {
  readonly events = new Counter(["type"]);
  readonly queueWait = new Histogram(WAITS);
  readonly attempts = new Counter(["kind"]);
  readonly ended = new Counter(["state", "reason"]);
  readonly interruptions = new Counter(["reason"]);
  readonly toolCalls = new Counter(["status"]);
  readonly tokens = new Counter(["provider", "kind"]);
  readonly cost = new Counter(["provider"]);
  readonly unpriced = new Counter(["provider"]);
  readonly #providerOf: (model: string | undefined) => string;

  /** @param providerOf one of the few names that the operator configured, or `other` */
  constructor(providerOf: (model: string | undefined) => string) {
    this.#providerOf = providerOf;
  }

  appended(_sessionId: string, events: readonly SessionEvent[]): void {
    for (const event of events) {
      this.events.add(1, event.type);
      this.#take(event);
    }
  }

  #take(event: SessionEvent): void {
    switch (event.type) {
      case "task.started":
        this.attempts.add(1, event.data.attempt === 1 ? "first" : "again");
        if (event.data.attempt === 1 && event.taskId !== null) {
          this.queueWait.record(Math.max(0, event.at - submittedAt(event.taskId)) / 1_000);
        }
        break;
      case "task.resumed":
        this.attempts.add(1, "resumed");
        break;
      case "task.interrupted":
        this.interruptions.add(1, event.data.reason);
        break;
      case "task.completed":
        this.ended.add(1, "completed", "");
        break;
      case "task.failed":
        this.ended.add(1, "failed", event.data.reason);
        break;
      case "task.canceled":
        this.ended.add(1, "canceled", event.data.reason);
        break;
      case "task.rejected":
        this.ended.add(1, "rejected", event.data.reason);
        break;
      case "step.ended":
        this.#used(event.data.model, event.data.usage);
        break;
      case "context.compacted":
        if (event.data.usage !== undefined) this.#used(event.data.model, event.data.usage);
        break;
      case "session.updated":
        if (event.data.generated !== undefined) {
          this.#used(event.data.generated.model, event.data.generated.usage);
        }
        break;
      case "tool.ended":
        this.toolCalls.add(1, event.data.status);
        break;
      default:
        break;
    }
  }

  #used(model: string | undefined, usage: Usage): void {
    const provider = this.#providerOf(model);
    this.tokens.add(usage.inputTokens, provider, "input");
    this.tokens.add(usage.outputTokens, provider, "output");
    if (usage.cachedInputTokens !== undefined)
      this.tokens.add(usage.cachedInputTokens, provider, "cached_input");
    if (typeof usage.costUsd === "number") this.cost.add(usage.costUsd, provider);
    else this.unpriced.add(1, provider);
  }
}
