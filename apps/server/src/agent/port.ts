import type {
  Budget,
  Effort,
  EventBatch,
  EventBody,
  EventDataOf,
  EventPage,
  EventType,
  ModelList,
  SessionEvent,
  TaskError,
} from "@trunkline/contract";
import type { ApprovalRequest, PolicySource, QuestionRequest } from "../approvals/port.ts";
import type { RunFiles } from "../checkpoints/port.ts";
import type { ReadRange, TypesRange } from "../store/port.ts";
import type { Tool, ToolSource } from "../tools/port.ts";
import type { PricedModel } from "../usage/port.ts";
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

/** What users say to the running task. */
export interface Steering {
  /**
   * Hands over the messages that wait for the task: they are part of its log then, and nothing else's. They wait in the
   * session's queue until then, so none is lost if this is never called.
   * @returns the stored events.
   */
  take(): Promise<readonly SessionEvent[]>;
}

/** A task in a session of its own, on behalf of the running one. */
export interface Subagent {
  callId: string;
  sessionId: string;
  taskId: string;
}

/** What a subagent is to do. */
export interface SubagentRequest {
  callId: string;
  title: string;
  prompt: string;
  /** Whether it may change files and run commands. */
  mayChange: boolean;
}

/** What holds for the task's calls holds for those of its subagents. */
export interface InheritedTrust {
  /** The subagent's prompt may come from strangers. */
  readsUntrusted: boolean;
  /** Rules of the task's session. */
  rules: readonly EventDataOf<"rule.created">[];
}

/** Starts subagents of the running task. */
export interface Subagents {
  /**
   * Creates the subagent's session with its task; once only, whoever starts it again after a crash. Its end is an event
   * of this task, `subagent.ended`.
   */
  start(subagent: Subagent, request: SubagentRequest, inherited: InheritedTrust): Promise<void>;
}

/** Read access to a session's log; bounded in memory however long it is. */
export interface RunLog {
  read(range: ReadRange): Promise<EventPage>;
  /** The newest event of one of these types. */
  last<T extends EventType>(types: readonly T[]): Promise<EventOfType<T> | undefined>;
  /** Only events of these types, oldest first. */
  ofTypes<T extends EventType>(types: readonly T[], range?: TypesRange): AsyncIterable<EventOfType<T>>;
  /** Everything after this event, then what is new, until the signal aborts. @throws `not_found` once the session is deleted */
  follow(after: number, signal: AbortSignal): AsyncIterable<EventBatch>;
}

type EventOfType<T extends EventType> = Extract<SessionEvent, { type: T }>;

/** A model ready to be called. */
export interface ResolvedModel extends PricedModel {
  /** Its name in the contract, e.g. `openai-compatible:qwen3`. */
  readonly name: string;
  model: Model;
  patience: Patience;
  /** Tokens per call, answer included. Absent: unknown. */
  contextTokens?: number | undefined;
  /** Most tokens of an answer that it is asked for. Absent: as the provider has it. */
  maxOutputTokens?: number | undefined;
  /** How much it can be asked to think. Absent: unknown. */
  efforts?: readonly Effort[] | undefined;
  /** How much it thinks where the task says nothing. Absent: its own default. */
  effort?: Effort | undefined;
  /** Whether it reads images. Absent: unknown. */
  readsImages?: boolean | undefined;
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
  /** The next model that was not tried; null: there is none. Absent: there are no fallbacks. */
  fallback?: (tried: ReadonlySet<string>) => Promise<ResolvedModel | null>;
  /** Absent: the model's own default. */
  effort?: Effort | undefined;
  tools: ToolSource;
  /** Which calls need approval. */
  policy: PolicySource;
  /** Up to this event the log was imported: untrusted, and its approvals allow nothing; 0: none of it. */
  importedSeq: number;
  /** Absolute path of the tools' working directory; created before the first one runs. */
  workspace: string;
  /** Only calls of the session have written in it, if anybody has; absent: it may hold anything. */
  startsEmpty?: boolean;
  budget: Budget;
  /** The session's. */
  projectId?: string | null;
  /** The task that started the session. */
  parentTaskId?: string | null;
  /** Saves what calls write; whoever runs the task begins it before the first look at a file. Absent: nothing is saved. */
  files?: RunFiles;
  /** Absent: it can have none. */
  subagents?: Subagents;
  /** Absent: nobody says anything. */
  steering?: Steering;
  sink: RunSink;
  /** Aborts on cancel, timeout and shutdown: model stream and tools end, and `run` rejects with its reason. */
  signal: AbortSignal;
}

/** How a run ended by itself. The caller turns it into the task's terminal event, or lets the task wait. */
export type RunOutcome =
  | {
      type: "completed";
      result: string;
      /** The last events of the run, which are committed with the task's end; absent: all are in the log. */
      events?: readonly RunEvent[];
    }
  | { type: "failed"; reason: "error" | "budget"; error: TaskError }
  /** It waits; the next run resumes from here. */
  | ({ type: "input-required" } & Waits);

/** What a task waits for; at least one of them. */
export interface Waits {
  /** Calls that need approval. */
  approvals: readonly ApprovalRequest[];
  /** Calls whose result is a user's answer. */
  questions: readonly QuestionRequest[];
  /** Subagents that work; they are started already. */
  children?: readonly Subagent[];
  /** The provider accepts no calls before then. */
  limit?: {
    /** Ms since the epoch. */
    until: number;
    /** Why, for people. */
    message: string;
  };
}

export type RunTask = (input: RunInput) => Promise<RunOutcome>;

/** Who runs a session's tasks: the task's, else the session's. */
export interface Agent {
  /** As sessions name it: `default`, `read-only`, `plan`, `acp:NAME`. */
  readonly name: string;
  /** What it is for. */
  readonly description: string;
  /** Whether it works with this tool of the server's. */
  uses(tool: Tool): boolean;
  /** What it lacks here, sentences that say what to do; null: nothing. Absent: it needs nothing. */
  needs?(): Promise<string | null>;
  readonly run: RunTask;
}

export interface AgentRegistry {
  /** In the order shown to people; the first is the default. */
  readonly agents: readonly Agent[];
  /** @throws TrunklineError `agent_unknown`; the message lists those that there are. */
  resolve(name: string): Agent;
}

export interface ModelRegistry {
  /** Name of the default model; changes once a server that was down has listed its models. */
  readonly defaultModel: string;
  /** Models that certainly exist: the default one, one per configured provider, and the demo model. */
  readonly names: readonly string[];
  /**
   * @throws TrunklineError `model_unknown` if no provider is configured for the name; the message lists those that are.
   */
  resolve(name: string): ResolvedModel;
  /** The same with the user's own key, where they have one for its provider. */
  forUser(name: string, userId: string): Promise<ResolvedModel>;
  /** The first of the operator's fallbacks that was not tried. */
  fallback(tried: ReadonlySet<string>, userId: string): Promise<ResolvedModel | null>;
}

/** Encrypts users' own keys for the store. */
export interface KeyRing {
  seal(userId: string, provider: string, key: string): Promise<string>;
}

export interface ModelLists {
  /** As a user sees them. */
  list(userId: string): Promise<ModelList>;
}
