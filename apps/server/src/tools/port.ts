import type {
  BlobRef,
  ContentPart,
  EventDataOf,
  Location,
  NetworkRefusal,
  QuestionAnswer,
  QuestionForm,
  QuestionOption,
  ToolEffect,
  ToolKind,
  WorkspaceEntry,
  WorkspaceText,
} from "@trunkline/contract";
import type { Writable } from "node:stream";
import type { ZodType } from "zod";
import type { CommandNetwork } from "../network/port.ts";

/** The session's owner. */
export interface ToolSession {
  sessionId: string;
  ownerId: string;
  /** Absolute path of the session's directory. */
  workspace: string;
}

export interface ToolContext extends ToolSession {
  taskId: string;
  callId: string;
  /** Aborts on cancel: the tool ends everything it started, then returns or throws. */
  signal: AbortSignal;
  /** Shows output while the tool runs. The tool bounds it. Await it for backpressure. */
  progress(chunk: string): Promise<void>;
  /** Records that a host was refused to it. */
  refused(refusal: NetworkRefusal): void;
  /**
   * Asks the user while the call runs, one question at a time; hours may pass. Absent: there is nobody to ask.
   * @param signal aborts when nobody waits for the answer any more.
   * @returns null: nobody answered in time.
   */
  ask?(question: Question, signal: AbortSignal): Promise<QuestionAnswer | null>;
}

export interface ToolResult {
  status: "succeeded" | "failed";
  /** What the model reads; head and tail of long output. */
  output: string;
  exitCode?: number | null;
  /** Bytes omitted from the middle of `output`. */
  omittedBytes?: number;
  /** All of a long output. */
  fullOutput?: BlobRef;
  /** Further results: images, files, data, diffs. */
  content?: ContentPart[];
  /** Files that it changed. */
  fileChanges?: readonly EventDataOf<"file.changed">[];
  /** The agent's new plan. */
  plan?: EventDataOf<"plan.updated">["items"];
}

/** A tool that a model can call. A thrown error becomes a failed result with the error's message. */
export interface Tool<Input = unknown> {
  name: string;
  /** Tells the model when and how to use it. */
  description: string;
  /** Validates the model's input before `execute`, and is the source of the JSON schema shown to the model. */
  inputSchema: ZodType<Input>;
  /** Shown to the model instead of the schema of `inputSchema`; whoever executes the call checks the input. */
  jsonSchema?: Record<string, unknown>;
  /** Changes with its description: an approval for another revision does not count. Absent: it never changes. */
  revision?: string;
  /** Kind of work, by which UIs choose. */
  kind: ToolKind;
  /** Short title of a call for people, e.g. the command. Absent: the tool's name. */
  title?(input: Input): string;
  /** Files that a call concerns: all of them for tools that read or change files, as approval rules go by them. */
  locations?(input: Input): Location[];
  /** What a call can do beyond reading the workspace: decides on approvals. Overstate rather than understate. */
  effects: readonly ToolEffect[];
  /** The whole command line that a call runs; approval rules go by it. */
  command?(input: Input): string;
  /** The URL that a call reaches; approval rules go by its host. */
  address?(input: Input): string;
  /** Questions for the user, asked together instead of executing the call; the answers become its result. */
  question?(input: Input): Question | readonly Question[];
  /** A call may ask the user something while it runs (`ToolContext.ask`). Such calls run alone: declare an effect. */
  mayAsk?: boolean;
  /** A task for a subagent, started instead of executing the call; its answer becomes the call's result. */
  subagent?(input: Input): SubagentTask;
  execute(input: Input, context: ToolContext): Promise<ToolResult>;
}

export interface SubagentTask {
  title: string;
  prompt: string;
  /** Whether it may change files and run commands. */
  mayChange: boolean;
}

export interface Question {
  text: string;
  options?: QuestionOption[];
  /** Whether several options may be chosen. */
  multiple?: boolean;
  /** What an MCP server asks for. */
  form?: QuestionForm;
}

/** What calls have left running for their tasks, on this node. */
export interface TaskProcesses {
  /** Ends it with all that it started, because the task's run ends. @returns how many ran. */
  endAll(taskId: string): Promise<number>;
}

/** Provides a session's tools. Called before every step, because their servers may come and go. */
export interface ToolSource {
  /** In the order shown to the model. @param signal ends waiting for a server. */
  toolsOf(session: ToolSession, signal?: AbortSignal): Promise<readonly Tool[]>;
}

/** Reads files of a workspace outside of a call, as safely as the file tools: no link leads out. */
export interface WorkspaceReader {
  /**
   * The beginning of a UTF-8 text file.
   * @returns null where there is nothing to read: no such file, no regular one, binary, or outside the workspace.
   */
  readHead(workspace: string, path: string, maxBytes: number): Promise<FileHead | null>;
  /** Names of a directory's subdirectories and links, sorted; at most `limit` entries are looked at. Empty: none to be read. */
  directoriesIn(workspace: string, path: string, limit: number): Promise<string[]>;
}

export interface FileHead {
  text: string;
  /** Bytes of the file after `text`. */
  omittedBytes: number;
}

/** Identifies a command's process and its descendants after this server has crashed. */
export interface ProcessRecord {
  pid: number;
  /** Start time in clock ticks since boot, as in `/proc/<pid>/stat`; unique together with pid and boot. */
  startTime: number;
  bootId: string;
  /** Value of TRUNKLINE_RUN in the environment of the process and its descendants. */
  marker: string;
}

/** Records running processes, so that the next start can end what a crash left behind. */
export interface ProcessLedger {
  /** The process has started; the caller awaits this before it continues. */
  onSpawn(record: ProcessRecord): Promise<void>;
  /** It and all its descendants are gone. */
  onExit(record: ProcessRecord): Promise<void>;
}

/**
 * Reads a workspace for its owner, while tools may be writing in it. Nothing outside is ever read, whatever is replaced
 * by a link meanwhile. A workspace that does not exist yet is empty. Every method throws TrunklineError: `not_found`,
 * and `validation_failed` for a path that leads out or is of the wrong kind.
 */
export interface WorkspaceFiles {
  list(
    workspace: string,
    page: ListedDirectory,
  ): Promise<{ items: WorkspaceEntry[]; nextCursor: string | null }>;
  read(workspace: string, piece: ReadPiece): Promise<WorkspaceText>;
  /** The file is open when this resolves. */
  open(workspace: string, path: string): Promise<{ bytes: number; content: AsyncIterable<Uint8Array> }>;
  /** A gzipped tar of everything below `top`, a directory of that archive alone; made while it is read. */
  archive(
    workspace: string,
    options: {
      top: string;
      git: boolean;
      /** Paths to leave out, relative to the workspace; a directory with all that is in it. */
      except?: ReadonlySet<string>;
    },
  ): AsyncIterable<Uint8Array>;
}

export interface ListedDirectory {
  path: string;
  cursor: string | undefined;
  limit: number;
}

export interface ReadPiece {
  path: string;
  fromByte: number | undefined;
  fromLine: number | undefined;
  maxBytes: number;
}

/** Receives a piece of output, valid until it returns; a promise applies backpressure to the writer. */
export type OnOutput = (bytes: Uint8Array) => void | Promise<void>;

export interface SpawnRequest {
  /** Program and arguments. */
  argv: readonly [string, ...string[]];
  /** Absolute path of its working directory, which it may write. */
  cwd: string;
  /**
   * Further directories that it may read, at the paths that they have outside. With `cwd` among them it can't write that
   * either. On the bare machine this and `writable` change nothing: there it sees everything.
   */
  readOnly?: readonly string[];
  /** What is shown in the place of some of them, by their paths. */
  standIns?: ReadonlyMap<string, string>;
  /** Further directories that it may write. */
  writable?: readonly string[];
  /** Those of them whose growth is limited as that of `cwd` is. */
  limited?: readonly string[];
  /** The user for whom it runs, with whom no others share what is theirs; absent: the server's own work. */
  ownerId?: string;
  /** Its network in the sandbox; default: `off`. Changes nothing on the bare machine, which can't keep to a list. */
  network?: CommandNetwork["access"];
  /** Its entire environment. */
  environment: Readonly<Record<string, string>>;
  /** Its entire input; `interactive`: what is written to `stdin` while it runs; absent: none. */
  input?: Uint8Array | "interactive";
  onOutput: OnOutput;
  /** Receives what it writes to stderr; absent: `onOutput` does, in the order of writing. */
  onErrorOutput?: OnOutput;
}

export interface ProcessExit {
  /** Null if a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly record: ProcessRecord;
  /** Of a request with `interactive` input; null: there is none. Writing after its end fails silently. */
  readonly stdin: Writable | null;
  /** Resolves when the process itself has ended; its descendants may still run. */
  readonly exited: Promise<ProcessExit>;
  /** The limit that it exceeded, if any; valid after `end`. */
  readonly limitReached: string | null;
  /**
   * Ends the process and all its descendants: TERM, grace, KILL. Resolves when they are gone and their last output was
   * read.
   * @returns pids that could not be ended.
   */
  end(): Promise<number[]>;
}

/** How commands are run: on the bare machine, or in a sandbox. */
export interface Spawner {
  /** Whether commands see only what their request names, or all that the server does. */
  readonly isSandboxed: boolean;
  /** @throws Error if it can't be started; the message says why. */
  spawn(request: SpawnRequest): Promise<RunningProcess>;
}

/** A command line that the server itself runs in a workspace, as the tool `bash` runs the model's. */
export interface ShellCommand {
  /** For bash. */
  script: string;
  args?: readonly string[];
  /** Absolute path of the working directory, which it may write. */
  directory: string;
  readOnly?: readonly string[];
  writable?: readonly string[];
  ownerId?: SpawnRequest["ownerId"];
  network?: SpawnRequest["network"];
  /** Beside those that every command gets. Their values are redacted in its output. */
  variables?: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** Ends it, with all that it has started. */
  signal: AbortSignal;
  /** Shows output while it runs. */
  progress?: (chunk: string) => Promise<void>;
}

export interface ShellOutcome {
  succeeded: boolean;
  /** By the signal. */
  aborted: boolean;
  /** Null if it did not end by itself. */
  exitCode: number | null;
  /** Head and tail of a long output. */
  output: string;
  /** Bytes omitted from the middle of `output`. */
  omittedBytes: number;
  /** Why it did not succeed, to follow "because"; null if it did. */
  problem: string | null;
}

/** @throws Error if it can't be started; what `progress` throws. */
export type RunShell = (command: ShellCommand) => Promise<ShellOutcome>;
