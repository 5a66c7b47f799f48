import type { EventDataOf, SessionEvent } from "@trunkline/contract";
import type { EventObserver } from "../port.ts";
import { submittedAt } from "../submitted-at.ts";
import { type EndedSpan, spanIdOf, traceIdOf } from "./span.ts";

/** Tasks that are followed at once; of more, the oldest are forgotten, with the spans that they have open. */
const MAX_TASKS = 10_000;

interface OpenSpan {
  spanId: string;
  name: string;
  kind: EndedSpan["kind"];
  startedAt: number;
  attributes: Record<string, string | number | boolean | string[]>;
}

interface FollowedTask {
  traceId: string;
  sessionId: string;
  attempt: OpenSpan | null;
  step: OpenSpan | null;
  wait: OpenSpan | null;
  setup: OpenSpan | null;
  calls: Map<string, OpenSpan>;
}

/** The span above a subagent's task. */
interface Above {
  traceId: string;
  spanId: string;
}

/**
 * Makes spans of the events that this node commits: a task, in it the wait in the queue, attempts and other waits, in an
 * attempt its model calls and tool calls, and in a call its subagents' tasks. Names and attributes are those of OpenTelemetry's
 * conventions for generative AI and for MCP; nothing that a user, model or tool said is in them.
 */
export class TaskSpans implements EventObserver {
  readonly #onEnded: (span: EndedSpan) => void;
  readonly #tasks = new Map<string, FollowedTask>();
  /** By task of a subagent. */
  readonly #above = new Map<string, Above>();

  constructor(onEnded: (span: EndedSpan) => void) {
    this.#onEnded = onEnded;
  }

  appended(sessionId: string, events: readonly SessionEvent[]): void {
    for (const event of events) if (event.taskId !== null) this.#take(sessionId, event.taskId, event);
  }

  #take(sessionId: string, taskId: string, event: SessionEvent): void {
    switch (event.type) {
      case "task.started":
      case "task.resumed":
        this.#begin(sessionId, taskId, event.at, event.data.attempt, event.type);
        break;
      case "task.interrupted":
        this.#endAttempt(taskId, event.at, event.data.reason);
        break;
      case "task.input-required":
        this.#endAttempt(taskId, event.at, null);
        this.#wait(taskId, event.at, event.data.reason);
        break;
      case "task.completed":
        this.#end(sessionId, taskId, event.at, "completed", null);
        break;
      case "task.failed":
        this.#end(sessionId, taskId, event.at, "failed", event.data.error.code);
        break;
      case "task.canceled":
        this.#end(sessionId, taskId, event.at, "canceled", null, event.data.reason);
        break;
      case "task.rejected":
        this.#end(sessionId, taskId, event.at, "rejected", event.data.reason);
        break;
      case "setup.started":
        this.#setUp(taskId, event.at);
        break;
      case "setup.ended": {
        const task = this.#tasks.get(taskId);
        if (task === undefined) break;
        const { status, cached } = event.data;
        if (task.setup !== null) task.setup.attributes["trunkline.setup.cached"] = cached;
        task.setup = this.#close(task, task.setup, event.at, status === "succeeded" ? null : status);
        break;
      }
      case "step.started":
        this.#startStep(taskId, event.at, event.data);
        break;
      case "step.ended":
        this.#endStep(taskId, event.at, event.data);
        break;
      case "tool.called":
        this.#call(taskId, event.at, event.data);
        break;
      case "tool.ended": {
        const task = this.#tasks.get(taskId);
        const { callId, status } = event.data;
        const call = task?.calls.get(callId);
        if (task === undefined || call === undefined) break;
        task.calls.delete(callId);
        call.attributes["trunkline.tool.status"] = status;
        this.#close(task, call, event.at, status === "succeeded" ? null : status);
        break;
      }
      case "subagent.started": {
        const task = this.#tasks.get(taskId);
        if (task === undefined) break;
        const spanId = spanIdOf(taskId, `call ${event.data.callId}`);
        remember(this.#above, event.data.taskId, { traceId: task.traceId, spanId });
        break;
      }
      default:
        break;
    }
  }

  #begin(sessionId: string, taskId: string, at: number, attempt: number, type: string): void {
    let task = this.#tasks.get(taskId);
    if (task === undefined) {
      const traceId = this.#above.get(taskId)?.traceId ?? traceIdOf(taskId);
      task = { traceId, sessionId, attempt: null, step: null, wait: null, setup: null, calls: new Map() };
      remember(this.#tasks, taskId, task);
    }
    if (attempt === 1 && type === "task.started") {
      const since = Math.min(submittedAt(taskId), at);
      this.#close(task, this.#open(taskId, "queue", "queue", since, {}), at, null, spanIdOf(taskId, "task"));
    }
    task.wait = this.#close(task, task.wait, at, null, spanIdOf(taskId, "task"));
    task.attempt = this.#open(taskId, `attempt ${attempt}`, "attempt", at, { "trunkline.attempt": attempt });
  }

  #wait(taskId: string, at: number, reason: string): void {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return;
    task.wait = this.#open(taskId, `wait ${at}`, `wait for ${reason}`, at, { "trunkline.wait": reason });
  }

  #setUp(taskId: string, at: number): void {
    const task = this.#tasks.get(taskId);
    if (task !== undefined) task.setup = this.#open(taskId, `setup ${at}`, "setup", at, {});
  }

  #startStep(taskId: string, at: number, { step, model }: EventDataOf<"step.started">): void {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return;
    // The try before this one got no answer.
    this.#close(task, task.step, at, "no_answer", task.attempt?.spanId);
    const [provider = "", ...rest] = model.split(":");
    const name = rest.length === 0 ? model : rest.join(":");
    task.step = this.#open(taskId, `step ${step} ${at}`, `chat ${name}`, at, {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": provider,
      "gen_ai.request.model": name,
      "gen_ai.conversation.id": task.sessionId,
      "trunkline.step": step,
    });
    task.step.kind = "client";
  }

  #endStep(taskId: string, at: number, data: EventDataOf<"step.ended">): void {
    const task = this.#tasks.get(taskId);
    if (task?.step === undefined || task.step === null) return;
    const { usage, finishReason } = data;
    Object.assign(task.step.attributes, {
      "gen_ai.usage.input_tokens": usage.inputTokens,
      "gen_ai.usage.output_tokens": usage.outputTokens,
      "gen_ai.response.finish_reasons": [finishReason],
      ...(typeof usage.costUsd === "number" && { "trunkline.cost_usd": usage.costUsd }),
    });
    task.step = this.#close(task, task.step, at, null, task.attempt?.spanId);
  }

  #call(taskId: string, at: number, { callId, tool, kind }: EventDataOf<"tool.called">): void {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return;
    const [server, name] = tool.split("__", 2);
    const isMcp = server !== undefined && name !== undefined;
    const span = this.#open(
      taskId,
      `call ${callId}`,
      isMcp ? `tools/call ${name}` : `execute_tool ${tool}`,
      at,
      {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": tool,
        "gen_ai.tool.call.id": callId,
        ...(kind !== undefined && { "trunkline.tool.kind": kind }),
        ...(isMcp && { "mcp.method.name": "tools/call", "trunkline.mcp.server": server }),
      },
    );
    if (isMcp) span.kind = "client";
    task.calls.set(callId, span);
  }

  #endAttempt(taskId: string, at: number, error: string | null): void {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return;
    const cut = error ?? "canceled";
    task.step = this.#close(task, task.step, at, cut);
    task.setup = this.#close(task, task.setup, at, cut);
    for (const call of task.calls.values()) this.#close(task, call, at, cut);
    task.calls.clear();
    task.attempt = this.#close(task, task.attempt, at, error, spanIdOf(taskId, "task"));
  }

  #end(
    sessionId: string,
    taskId: string,
    at: number,
    state: string,
    error: string | null,
    reason = "",
  ): void {
    this.#endAttempt(taskId, at, error);
    const task = this.#tasks.get(taskId);
    const above = this.#above.get(taskId);
    if (task !== undefined) this.#close(task, task.wait, at, null, spanIdOf(taskId, "task"));
    this.#tasks.delete(taskId);
    this.#above.delete(taskId);
    this.#onEnded({
      traceId: task?.traceId ?? above?.traceId ?? traceIdOf(taskId),
      spanId: spanIdOf(taskId, "task"),
      parentSpanId: above?.spanId ?? null,
      name: "invoke_agent",
      kind: "internal",
      startedAt: Math.min(submittedAt(taskId), at),
      endedAt: at,
      attributes: {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.conversation.id": sessionId,
        "trunkline.task.id": taskId,
        "trunkline.task.state": state,
        ...(reason !== "" && { "trunkline.task.reason": reason }),
      },
      error,
    });
  }

  #open(
    taskId: string,
    part: string,
    name: string,
    startedAt: number,
    attributes: OpenSpan["attributes"],
  ): OpenSpan {
    return { spanId: spanIdOf(taskId, part), name, kind: "internal", startedAt, attributes };
  }

  /** @param parentSpanId default: the attempt */
  #close(
    task: FollowedTask,
    span: OpenSpan | null,
    at: number,
    error: string | null,
    parentSpanId = task.attempt?.spanId,
  ): null {
    if (span === null) return null;
    const { traceId } = task;
    this.#onEnded({
      ...span,
      traceId,
      parentSpanId: parentSpanId ?? null,
      endedAt: Math.max(at, span.startedAt),
      error,
    });
    return null;
  }
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  if (map.size <= MAX_TASKS) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
