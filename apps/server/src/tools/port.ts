import type { ContentPart, Location, QuestionOption, ToolEffect, ToolKind } from "@trunkline/contract";
import type { ZodType } from "zod";

/** Whose session it is. */
export interface ToolSession {
  sessionId: string;
  ownerId: string;
  /** Absolute path of the session's directory. */
  workspace: string;
}

export interface ToolContext extends ToolSession {
  taskId: string;
  callId: string;
  /** Aborted on cancel: the tool ends everything it started, then returns or throws. */
  signal: AbortSignal;
  /** Shows output while the tool runs. Bounded by the tool itself. Await it: that is the backpressure. */
  progress(chunk: string): Promise<void>;
}

export interface ToolResult {
  status: "succeeded" | "failed";
  /** What the model reads: head and tail where it was long. */
  output: string;
  exitCode?: number | null;
  /** Bytes left out of the middle of `output`. */
  omittedBytes?: number;
  /** What it gives beyond `output`: images, files, data, diffs. */
  content?: ContentPart[];
  fileChange?: {
    path: string;
    change: "created" | "modified" | "deleted";
    additions: number;
    deletions: number;
  };
}

/** What a model can call. A thrown error becomes a failed result with the error's message. */
export interface Tool<Input = unknown> {
  name: string;
  /** Tells the model when and how to use it. */
  description: string;
  /** Validates the model's input before `execute` sees it, and becomes the JSON schema that the model is shown. */
  inputSchema: ZodType<Input>;
  /** What kind of work it does: what UIs choose by. */
  kind: ToolKind;
  /** A call in a few words for people, e.g. the command. Absent: the tool's name. */
  title?(input: Input): string;
  /** Files that a call is about. */
  locations?(input: Input): Location[];
  /** What a call can do beyond reading the workspace: the approval policy decides by it. Say too much, never too little. */
  effects: readonly ToolEffect[];
  /**
   * What of a call `always` allows for the rest of the session, in words that fit behind "always allow", e.g. the
   * origin of an address. Absent: all calls of the tool. Null: nothing of it may be allowed for good.
   */
  scopeOf?(input: Input): string | null;
  /** What the user is asked instead of executing the call; their answer becomes its result. */
  question?(input: Input): Question;
  execute(input: Input, context: ToolContext): Promise<ToolResult>;
}

export interface Question {
  text: string;
  options?: QuestionOption[];
  /** Whether several options may be chosen. */
  multiple?: boolean;
}

/** Gives a session its tools. Asked before every step, since what serves them may come and go. */
export interface ToolSource {
  /** In the order that the model is shown them. */
  toolsOf(session: ToolSession): Promise<readonly Tool[]>;
}

/** What is known of a command's process, to find it and what it started again after this server has died. */
export interface ProcessRecord {
  pid: number;
  /** Clock ticks since the boot, as `/proc/<pid>/stat` has it; with pid and boot it names one process for good. */
  startTime: number;
  bootId: string;
  /** Value of the variable TRUNKLINE_RUN in the environment of the process and of all that it starts. */
  marker: string;
}

/** Keeps a record of the processes that run, so that the next start can end what a crash left behind. */
export interface ProcessLedger {
  /** The process has begun; the caller waits for this before it goes on. */
  onSpawn(record: ProcessRecord): Promise<void>;
  /** It and all that it started are gone. */
  onExit(record: ProcessRecord): Promise<void>;
}
