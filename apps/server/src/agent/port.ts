import type { Budget, EventBody, EventPage, EventType, SessionEvent, TaskError } from "@trunkline/contract";
import type { ApprovalPolicy, ApprovalRequest, QuestionRequest } from "../approvals/port.ts";
import type { RunFiles } from "../checkpoints/port.ts";
import type { ReadRange } from "../store/port.ts";
import type { ToolSource } from "../tools/port.ts";
import type { FaultContext, Model, Patience } from "./model.ts";

/** An event of a run, without session, task and attempt, which the runner adds. */
export type RunEvent = EventBody;

export type DeltaEvent = Extract<
  RunEvent,
  { type: "text.delta" | "reasoning.delta" | "tool.progress" | "setup.progress" }
>;

/** Where a run writes. Both methods reject once the run has lost its task; the run then stops. */
export interface RunSink {
  /** Resolves with the stored events once all are committed, in order, in one transaction. */
  append(events: readonly RunEvent[]): Promise<readonly SessionEvent[]>;
  /**
   * Writes a piece of a block. Resolves immediately while the store keeps up, later when it doesn't: await it for
   * backpressure. Pending pieces of one block are stored as one event. `text.ended`, `reasoning.ended`, `tool.ended`
   * and `setup.ended` replace the pieces of their block.
   */
  delta(event: DeltaEvent): Promise<void>;
  /**
   * Whether the session may hold events of others since the start of the run, or since this was last asked. Events after
   * the run's last one do not count: they are found when it has written the next.
   */
  othersWrote(): boolean;
}

/** Read access to a session's log; bounded in memory however long it is. */
export interface RunLog {
  read(range: ReadRange): Promise<EventPage>;
  /** The newest event of one of these types. */
  last<T extends EventType>(types: readonly T[]): Promise<EventOfType<T> | undefined>;
  /** Only events of these types, oldest first. */
  ofTypes<T extends EventType>(
    types: readonly T[],
    range?: { after?: number; upTo?: number },
  ): AsyncIterable<EventOfType<T>>;
}

type EventOfType<T extends EventType> = Extract<SessionEvent, { type: T }>;

/** A model ready to be called. */
export interface ResolvedModel {
  /** Its name in the contract, e.g. `openai-compatible:qwen3`. */
  readonly name: string;
  model: Model;
  patience: Patience;
  /** Tokens per call, answer included. Absent: unknown. */
  contextTokens?: number;
  /** Redacts the provider's key from its messages. Absent: there is no key. */
  redact?: (text: string) => string;
  /** The provider's address; absent: within this process. */
  provider?: FaultContext["provider"];
}

export interface RunInput {
  sessionId: string;
  taskId: string;
  ownerId: string;
  /** The session's log so far, including this task's start. */
  log: RunLog;
  model: ResolvedModel;
  tools: ToolSource;
  /** Which calls need approval. */
  policy: ApprovalPolicy;
  /** Up to this event the log was imported: untrusted, and its approvals allow nothing; 0: none of it. */
  importedSeq: number;
  /** Absolute path of the tools' working directory; created before the first one runs. */
  workspace: string;
  budget: Budget;
  /** Saves what calls write. Absent: nothing is saved. */
  files?: RunFiles;
  sink: RunSink;
  /** Aborts on cancel, timeout and shutdown: model stream and tools end, and `run` rejects with its reason. */
  signal: AbortSignal;
}

/** How a run ended by itself. The caller turns it into the task's terminal event, or lets the task wait. */
export type RunOutcome =
  | { type: "completed"; result: string }
  | { type: "failed"; reason: "error" | "budget"; error: TaskError }
  /** It waits; the next run resumes from here. */
  | ({ type: "input-required" } & Waits);

/** What a task waits for; at least one of them. */
export interface Waits {
  /** Calls that need approval. */
  approvals: readonly ApprovalRequest[];
  /** Calls whose result is a user's answer. */
  questions: readonly QuestionRequest[];
  /** The provider accepts no calls before then. */
  limit?: {
    /** Ms since the epoch. */
    until: number;
    /** Why, for people. */
    message: string;
  };
}

export type RunTask = (input: RunInput) => Promise<RunOutcome>;

export interface ModelRegistry {
  /** Name of the default model; changes once a server that was down has listed its models. */
  readonly defaultModel: string;
  /** Models that certainly exist: the default one, one per configured provider, and the demo model. */
  readonly names: readonly string[];
  /**
   * @throws TrunklineError `model_unknown` if no provider is configured for the name; the message lists those that are.
   */
  resolve(name: string): ResolvedModel;
}

export interface ModelProbe {
  /**
   * Sends a model a short question, which uses a few tokens.
   * @throws TrunklineError like `resolve`.
   */
  probe(name: string): Promise<ProbeResult>;
}

/** Result of probing a model. */
export type ProbeResult =
  | { model: string; ok: true; firstAnswerMs: number }
  | { model: string; ok: false; error: TaskError };
