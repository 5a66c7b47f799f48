import type { Budget, EventBody, EventPage, EventType, SessionEvent, TaskError } from "@trunkline/contract";
import type { ApprovalPolicy, ApprovalRequest, QuestionRequest } from "../approvals/port.ts";
import type { ReadRange } from "../store/port.ts";
import type { ToolSource } from "../tools/port.ts";
import type { FaultContext, Model, Patience } from "./model.ts";

/** An event of a run; whoever holds the run adds session, task and attempt. */
export type RunEvent = EventBody;

export type DeltaEvent = Extract<RunEvent, { type: "text.delta" | "reasoning.delta" | "tool.progress" }>;

/** Where a run writes. Both reject once the run has lost its task; the run then stops. */
export interface RunSink {
  /** Resolves with them as stored, once all are committed, in order, in one transaction. */
  append(events: readonly RunEvent[]): Promise<readonly SessionEvent[]>;
  /**
   * Takes a piece of a block. Resolves at once while the store keeps up, and later while it does not: await it, that
   * is the backpressure. Pieces of one block that wait together are stored as one event. `text.ended`,
   * `reasoning.ended` and `tool.ended` replace the pieces of their block.
   */
  delta(event: DeltaEvent): Promise<void>;
}

/** A session's log, to read; bounded in memory, however long it is. */
export interface RunLog {
  read(range: ReadRange): Promise<EventPage>;
  /** The newest event of one of these types. */
  last<T extends EventType>(types: readonly T[]): Promise<EventOfType<T> | undefined>;
  /** Events of these types alone, oldest first. */
  ofTypes<T extends EventType>(
    types: readonly T[],
    range?: { after?: number; upTo?: number },
  ): AsyncIterable<EventOfType<T>>;
}

type EventOfType<T extends EventType> = Extract<SessionEvent, { type: T }>;

/** A model ready to be called. */
export interface ResolvedModel {
  /** As the contract names it, e.g. `openai-compatible:qwen3`. */
  readonly name: string;
  model: Model;
  patience: Patience;
  /** How many tokens it takes in one call, its answer included. Absent: nobody knows. */
  contextTokens?: number;
  /** Takes the provider's key out of what the provider said, before anyone is told. Absent: there is no key. */
  redact?: (text: string) => string;
  /** Where it is asked; absent: within this process. */
  provider?: FaultContext["provider"];
}

export interface RunInput {
  sessionId: string;
  taskId: string;
  ownerId: string;
  /** The session's log so far, this task's own start included. */
  log: RunLog;
  model: ResolvedModel;
  tools: ToolSource;
  /** Which calls somebody has to allow first. */
  policy: ApprovalPolicy;
  /** Up to this event the log came from elsewhere: strangers' words, whose approvals allow nothing; 0: none of it. */
  importedSeq: number;
  /** Absolute path of the directory that tools work in; made before the first of them runs. */
  workspace: string;
  budget: Budget;
  sink: RunSink;
  /** Aborted on cancel, time-out and shutdown: model stream and tools end, and `run` rejects with its reason. */
  signal: AbortSignal;
}

/** How a run ended by itself. The caller turns it into the task's one terminal event, or lets the task wait. */
export type RunOutcome =
  | { type: "completed"; result: string }
  | { type: "failed"; reason: "error" | "budget"; error: TaskError }
  /** It waits; the run that follows goes on where this one stopped. */
  | ({ type: "input-required" } & Waits);

/** What a task waits for, at least one of them. */
export interface Waits {
  /** Calls that have to be allowed first. */
  approvals: readonly ApprovalRequest[];
  /** Calls whose result is a user's answer. */
  questions: readonly QuestionRequest[];
  /** The provider takes no call before then. */
  limit?: {
    /** Ms since the epoch. */
    until: number;
    /** Why, for people. */
    message: string;
  };
}

export type RunTask = (input: RunInput) => Promise<RunOutcome>;

export interface ModelRegistry {
  /** Name of the model that a task gets which names none; changes once a server that was down has named its models. */
  readonly defaultModel: string;
  /** Models that are sure to be there: the default one, one of each configured provider, and the demo model. */
  readonly names: readonly string[];
  /** @throws TrunklineError `model_unknown` where the name has no configured provider; the message lists those that do. */
  resolve(name: string): ResolvedModel;
}

export interface ModelProbe {
  /**
   * Asks a model a short question, for real: it takes a few tokens.
   * @throws TrunklineError as `resolve` does.
   */
  probe(name: string): Promise<ProbeResult>;
}

/** What came of asking a model. */
export type ProbeResult =
  | { model: string; ok: true; firstAnswerMs: number }
  | { model: string; ok: false; error: TaskError };
