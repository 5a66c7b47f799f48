import type { ToolCall as AgentToolCall, ToolCallContent, ToolCallUpdate } from "@agentclientprotocol/sdk";
import type { ContentPart, Json, Location, ToolCall, ToolKind } from "@trunkline/contract";
import type { AgentAct } from "./agent-items.ts";
import { RunFailure } from "../run-failure.ts";
import { ownCopy } from "../../common/own-copy.ts";
import { legalToolName } from "../tool-name.ts";
import { unifiedDiff } from "./unified-diff.ts";
import { pathInside } from "./workspace-paths.ts";

/** Characters of a call's input, and of a diff, that the log keeps. */
const MAX_INPUT_LENGTH = 200_000;
const MAX_DIFF_LENGTH = 200_000;
const MAX_TITLE_LENGTH = 500;
/** Calls of an agent that have not ended, and the length of what is kept of all. */
const MAX_OPEN_CALLS = 1_000;
const MAX_KEPT_LENGTH = 128 * 1_048_576;
/** Characters of output from the start and from the end. */
const HEAD_LENGTH = 16_384;
const TAIL_LENGTH = 49_152;

/** How far a call has come in the log. */
type Stage = "known" | "announced" | "called" | "ended";

export type ReportedCall = AgentToolCall | ToolCallUpdate;

/** A tool call of the agent's: what it has told of it so far, and what the log has. */
export class AgentCall {
  readonly callId: string;
  stage: Stage = "known";
  /** A person, or the policy, has allowed it. */
  isAllowed = false;
  /** Monotonic, in ms, from the log's `tool.called`. */
  calledAt = 0;
  readonly #workspace: string;
  #told: Partial<ReportedCall> = {};
  /** Of what it has told, by field, in UTF-16 units. */
  readonly #lengths = new Map<string, number>();
  #shownOutput = "";

  constructor(callId: string, workspace: string) {
    this.callId = callId;
    this.#workspace = workspace;
  }

  /** Later reports hold only what has changed. */
  learn(report: Partial<ReportedCall>): void {
    const news = Object.entries(report).filter(([, value]) => value !== undefined && value !== null);
    this.#told = { ...this.#told, ...Object.fromEntries(news) };
    for (const [field, value] of news) this.#lengths.set(field, JSON.stringify(value).length);
  }

  /** Of what is kept of it, about. */
  get keptLength(): number {
    return this.#lengths.values().reduce((sum, length) => sum + length, 0);
  }

  /** It has ended: what only its end needed is let go. */
  release(): void {
    const { content: _, rawOutput: __, rawInput, ...kept } = this.#told;
    const keepsInput = (this.#lengths.get("rawInput") ?? 0) <= MAX_INPUT_LENGTH;
    this.#told = keepsInput ? { ...kept, rawInput } : kept;
    for (const field of ["content", "rawOutput"]) this.#lengths.delete(field);
    if (!keepsInput) this.#lengths.delete("rawInput");
  }

  /** The same call under another id, as if nothing of it were in the log. */
  again(callId: string): AgentCall {
    const call = new AgentCall(callId, this.#workspace);
    call.learn(this.#told);
    return call;
  }

  get status(): NonNullable<ReportedCall["status"]> {
    return this.#told.status ?? "pending";
  }

  get kind(): ToolKind {
    const { kind } = this.#told;
    return kind === undefined || kind === null || kind === "switch_mode" ? "other" : kind;
  }

  get title(): string {
    const title = (this.#told.title ?? "").replaceAll(`${this.#workspace}/`, "");
    return ownCopy(title.slice(0, MAX_TITLE_LENGTH).toWellFormed()) || this.tool;
  }

  get tool(): string {
    const { name, _meta: meta } = this.#told;
    const claude = (meta?.["claudeCode"] as { toolName?: unknown } | undefined)?.toolName;
    const known = name ?? (typeof claude === "string" ? claude : undefined);
    return legalToolName(known ?? this.kind);
  }

  /** Whether the act is what this call is about: then it needs no call of its own. */
  covers({ path, input }: Pick<AgentAct, "path" | "input">): boolean {
    if (path !== undefined) return this.locations.some((location) => location.path === path);
    return (this.rawInput as { command?: unknown } | undefined)?.command === input["command"];
  }

  get rawInput(): unknown {
    return this.#told.rawInput;
  }

  get locations(): Location[] {
    const places = this.#told.locations ?? [];
    return places.slice(0, 100).flatMap(({ path, line }) => {
      const inside = pathInside(this.#workspace, path);
      if (inside === null || inside === "") return [];
      return [{ path: inside, ...(typeof line === "number" && line > 0 && { line }) }];
    });
  }

  /** As the log has it. */
  describe(): ToolCall {
    const { callId, tool, title, kind, locations } = this;
    return { callId, tool, input: this.#input(), title, kind, ...(locations.length > 0 && { locations }) };
  }

  /** Output that was not shown yet: agents repeat all of it. */
  takeProgress(): string {
    const text = contentText(this.#told.content ?? []);
    if (!text.startsWith(this.#shownOutput) || text.length > TAIL_LENGTH) return "";
    const news = text.slice(this.#shownOutput.length);
    this.#shownOutput = text;
    return news;
  }

  get hasOutput(): boolean {
    const { content } = this.#told;
    return content?.some(({ type }) => type === "content") === true;
  }

  /** What the call gave, in the end. */
  result(): { output: string; omittedBytes?: number; exitCode?: number; content?: ContentPart[] } {
    const { content = [], rawOutput } = this.#told;
    const text = contentText(content ?? []) || outputText(rawOutput);
    const exitCode = exitCodeIn(rawOutput);
    const diffs = this.diffs();
    return {
      ...headAndTail(text.toWellFormed()),
      ...(exitCode !== null && { exitCode }),
      ...(diffs.length > 0 && { content: diffs.map(({ part }) => part) }),
    };
  }

  /** Files that the call reports to have changed. */
  diffs(): { part: Extract<ContentPart, { type: "diff" }>; before: string | null; after: string }[] {
    return (this.#told.content ?? []).slice(0, 50).flatMap((item) => {
      if (item.type !== "diff") return [];
      const path = pathInside(this.#workspace, item.path);
      if (path === null || path === "") return [];
      const before = item.oldText ?? null;
      const diff = unifiedDiff(path, before, item.newText).toWellFormed();
      if (diff === "" || diff.length > MAX_DIFF_LENGTH) return [];
      return [{ part: { type: "diff", path, diff } as const, before, after: item.newText }];
    });
  }

  #input(): Json {
    const input = (this.#told.rawInput ?? {}) as Json;
    const json = JSON.stringify(input);
    if (json.length <= MAX_INPUT_LENGTH) return input;
    return {
      omitted: `${json.length} characters, more than is kept`,
      head: json.slice(0, 1_000).toWellFormed(),
    };
  }
}

/** @throws RunFailure if an agent reports more than is kept. */
export function boundCalls(calls: Iterable<AgentCall>): void {
  let open = 0;
  let length = 0;
  for (const call of calls) {
    if (call.stage !== "ended") open += 1;
    length += call.keptLength;
  }
  if (open <= MAX_OPEN_CALLS && length <= MAX_KEPT_LENGTH) return;
  const message = "The agent reports more tool calls without an end, or more about them, than is kept";
  throw new RunFailure({ code: "agent_failed", message, retryable: false });
}

function contentText(content: readonly ToolCallContent[]): string {
  return content
    .flatMap((item) => (item.type === "content" && item.content.type === "text" ? item.content.text : []))
    .join("\n");
}

/** Agents report it in forms of their own. */
function outputText(raw: unknown): string {
  if (raw === undefined || raw === null) return "";
  if (typeof raw === "string") return raw;
  const {
    formatted_output: formatted,
    aggregated_output: aggregated,
    output,
    error,
  } = raw as Record<string, unknown>;
  const text = [formatted, aggregated, output, error].find((value) => typeof value === "string");
  return text ?? JSON.stringify(raw);
}

function exitCodeIn(raw: unknown): number | null {
  if (typeof raw !== "object" || raw === null) return null;
  const { exit_code: exitCode, exitCode: camel, metadata } = raw as Record<string, unknown>;
  const inner = (metadata as { exit?: unknown } | null | undefined)?.exit;
  const code = [exitCode, camel, inner].find((value) => Number.isInteger(value));
  return code === undefined ? null : Number(code);
}

function headAndTail(text: string): { output: string; omittedBytes?: number } {
  if (text.length <= HEAD_LENGTH + TAIL_LENGTH) return { output: text };
  const head = text.slice(0, HEAD_LENGTH).toWellFormed();
  const tail = text.slice(-TAIL_LENGTH).toWellFormed();
  const omittedBytes = Math.max(
    1,
    Buffer.byteLength(text) - Buffer.byteLength(head) - Buffer.byteLength(tail),
  );
  return { output: `${head}\n${tail}`, omittedBytes };
}
