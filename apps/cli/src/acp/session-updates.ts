import type { SessionUpdate, ToolCallContent } from "@agentclientprotocol/sdk";
import { callDisplay, type SessionEvent, type ToolCall } from "@trunkline/contract";
import { resolve } from "node:path";

/** Of a running call's output, the last part that an editor gets; UTF-16 units. */
const MAX_PROGRESS = 4_000;

/** Events of a session as updates of the Agent Client Protocol. What an editor has no place for becomes none. */
export class SessionUpdates {
  readonly #workspace: string;
  readonly #isOwn: (event: Extract<SessionEvent, { type: "task.submitted" }>) => boolean;
  /** Length of what was sent of each block that is open. */
  readonly #sent = new Map<string, number>();
  /** Last words of each running call. */
  readonly #progress = new Map<string, string>();
  /** Calls that the editor knows. */
  readonly #calls = new Set<string>();
  /** Prompts that the editor does not know, by task. */
  readonly #prompts = new Map<string, string>();

  /** @param options.isOwn whether the editor typed the prompt */
  constructor(options: {
    workspace: string;
    isOwn: (event: Extract<SessionEvent, { type: "task.submitted" }>) => boolean;
  }) {
    this.#workspace = options.workspace;
    this.#isOwn = options.isOwn;
  }

  of(event: SessionEvent): SessionUpdate[] {
    switch (event.type) {
      case "task.submitted":
        if (event.taskId !== null && !this.#isOwn(event)) {
          this.#prompts.set(event.taskId, event.data.prompt);
        }
        return [];
      case "task.updated":
        if (event.taskId !== null && event.data.prompt !== undefined && this.#prompts.has(event.taskId)) {
          this.#prompts.set(event.taskId, event.data.prompt);
        }
        return [];
      case "task.started":
        return this.#prompt(event.taskId);
      case "task.steered":
        return this.#prompt(event.data.steeredTaskId ?? null);
      case "text.delta":
      case "reasoning.delta":
        return this.#piece(event);
      case "text.ended":
      case "reasoning.ended":
        return this.#rest(event);
      case "approval.requested":
        return [this.#call(event.data, "pending")];
      case "tool.called":
        return [this.#call(event.data, "in_progress")];
      case "tool.progress": {
        const { callId, chunk } = event.data;
        const text = ((this.#progress.get(callId) ?? "") + chunk).slice(-MAX_PROGRESS).toWellFormed();
        this.#progress.set(callId, text);
        return [{ sessionUpdate: "tool_call_update", toolCallId: callId, content: [inText(text)] }];
      }
      case "tool.ended":
        return this.#ended(event.data);
      case "plan.updated": {
        const entries = event.data.items.map(({ text, status }) => ({
          content: text,
          priority: "medium" as const,
          status: PLAN_STATES[status] ?? "pending",
        }));
        return [{ sessionUpdate: "plan", entries }];
      }
      case "session.updated": {
        const { title, agent } = event.data;
        return [
          ...(title === undefined ? [] : [{ sessionUpdate: "session_info_update" as const, title }]),
          ...(agent === undefined
            ? []
            : [{ sessionUpdate: "current_mode_update" as const, currentModeId: agent }]),
        ];
      }
      default:
        return [];
    }
  }

  /** What a request for permission says of its call. */
  described(call: Pick<ToolCall, "callId" | "tool" | "input" | "title" | "kind" | "locations">) {
    const { title, kind, locations } = callDisplay(call);
    return {
      toolCallId: call.callId,
      title: title === "" ? call.tool : title,
      kind,
      rawInput: call.input,
      locations: locations.map(({ path, line }) => ({
        path: resolve(this.#workspace, path),
        ...(line !== undefined && { line }),
      })),
    };
  }

  #prompt(taskId: string | null): SessionUpdate[] {
    const prompt = taskId === null ? undefined : this.#prompts.get(taskId);
    if (taskId === null || prompt === undefined) return [];
    this.#prompts.delete(taskId);
    return [{ sessionUpdate: "user_message_chunk", content: { type: "text", text: prompt } }];
  }

  #piece(event: Extract<SessionEvent, { type: "text.delta" | "reasoning.delta" }>): SessionUpdate[] {
    const { blockId, text } = event.data;
    this.#sent.set(blockId, (this.#sent.get(blockId) ?? 0) + text.length);
    return [words(event.type === "text.delta", blockId, text)];
  }

  /** The whole block: what did not come in pieces. */
  #rest(event: Extract<SessionEvent, { type: "text.ended" | "reasoning.ended" }>): SessionUpdate[] {
    const { blockId, text } = event.data;
    const rest = text.slice(this.#sent.get(blockId) ?? 0);
    this.#sent.delete(blockId);
    return rest === "" ? [] : [words(event.type === "text.ended", blockId, rest)];
  }

  #call(
    call: Pick<ToolCall, "callId" | "tool" | "input" | "title" | "kind" | "locations">,
    status: "pending" | "in_progress",
  ): SessionUpdate {
    const { callId } = call;
    if (this.#calls.has(callId)) return { sessionUpdate: "tool_call_update", toolCallId: callId, status };
    this.#calls.add(callId);
    return { sessionUpdate: "tool_call", status, ...this.described(call) };
  }

  #ended(data: Extract<SessionEvent, { type: "tool.ended" }>["data"]): SessionUpdate[] {
    const { callId, output, content = [] } = data;
    this.#progress.delete(callId);
    const isKnown = this.#calls.delete(callId);
    const diffs = content.flatMap((part) =>
      part.type === "diff" ? [inText(`\`\`\`diff\n${part.diff}\n\`\`\``)] : [],
    );
    const ended = {
      toolCallId: callId,
      status: data.status === "succeeded" ? ("completed" as const) : ("failed" as const),
      content: [...(output === "" ? [] : [inText(output)]), ...diffs],
    };
    // One that was denied has no start.
    if (!isKnown) return [{ sessionUpdate: "tool_call", title: "Not run", ...ended }];
    return [{ sessionUpdate: "tool_call_update", ...ended }];
  }
}

const PLAN_STATES: Readonly<Record<string, "pending" | "in_progress" | "completed">> = {
  pending: "pending",
  active: "in_progress",
  done: "completed",
};

function words(isText: boolean, messageId: string, text: string): SessionUpdate {
  const sessionUpdate = isText ? ("agent_message_chunk" as const) : ("agent_thought_chunk" as const);
  return { sessionUpdate, messageId, content: { type: "text", text } };
}

function inText(text: string): ToolCallContent {
  return { type: "content", content: { type: "text", text } };
}
