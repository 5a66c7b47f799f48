import type { SessionEvent } from "@trunkline/contract";
import type { ListedEvent } from "../store/port.ts";
import type { RunLog } from "./port.ts";
import { type GivenPrompt, NO_PROMPT } from "./transcript/turn.ts";

const PROMPT_TYPES = ["task.submitted", "task.updated"] as const;

export type PromptEvent = Extract<SessionEvent, { type: (typeof PROMPT_TYPES)[number] }>;

/** Long prompts that were left out of what was read: most tasks of a long queue start much later, or never. */
export class PromptPlaces {
  /** Seq after which a task's prompt is, by task. */
  readonly #after = new Map<string, number>();
  /** The last that was left out. */
  lastSeq = 0;

  /** Whether somebody's prompt is still to be read. */
  get size(): number {
    return this.#after.size;
  }

  has(taskId: string): boolean {
    return this.#after.has(taskId);
  }

  /** For reading a page of the log without them. */
  readonly leaveOut = ({ type, taskId, seq }: ListedEvent): boolean => {
    if (taskId === null || !(PROMPT_TYPES as readonly string[]).includes(type)) return false;
    // Where an edited prompt alone was left out, its attachments came with the first one.
    if (!this.#after.has(taskId)) this.#after.set(taskId, type === "task.submitted" ? seq - 1 : 0);
    this.lastSeq = Math.max(this.lastSeq, seq);
    return true;
  };

  forget(taskId: string): void {
    this.#after.delete(taskId);
  }

  /** What was said of a task's prompt before that event, which counts as read then. */
  async *read(log: RunLog, taskId: string, beforeSeq: number): AsyncGenerator<PromptEvent, void> {
    const after = this.#after.get(taskId) ?? 0;
    this.#after.delete(taskId);
    yield* log.ofTypes(PROMPT_TYPES, { after, upTo: beforeSeq, taskIds: [taskId] });
  }
}

/** Prompts, as last edited, of tasks submitted before the part of the log that is read. */
export async function promptsOf(
  log: RunLog,
  taskIds: readonly string[],
  beforeSeq: number,
): Promise<Map<string, GivenPrompt>> {
  const prompts = new Map<string, GivenPrompt>();
  if (taskIds.length === 0) return prompts;
  for await (const event of log.ofTypes(PROMPT_TYPES, { upTo: beforeSeq, taskIds })) {
    const { taskId } = event;
    if (taskId !== null) prompts.set(taskId, promptAfter(prompts.get(taskId) ?? NO_PROMPT, event));
  }
  return prompts;
}

export function promptAfter(before: GivenPrompt, { type, data }: PromptEvent): GivenPrompt {
  if (type === "task.submitted") return { prompt: data.prompt, attachments: data.attachments ?? [] };
  return data.prompt === undefined ? before : { ...before, prompt: data.prompt };
}
