import { createHash } from "node:crypto";
import {
  type ContentPart,
  type EventDataOf,
  type Principal,
  type RetryTaskInput,
  type SubmitTaskInput,
  TrunklineError,
} from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import { type AppendOptions, GuardFailedError, type StoredDraft } from "../store/port.ts";
import type { ChosenWorkspace } from "./choose-workspace.ts";
import { newSession, titleFromPrompt } from "./new-session.ts";
import { noSession } from "./ownership.ts";
import { steeringFull } from "./steering.ts";

/** The events of a submit, and their session. */
export interface Submission {
  sessionId: string;
  taskId: string;
  events: StoredDraft[];
  options: AppendOptions;
}

export interface SubmissionOptions {
  retryOf?: string;
  /** What the caller asked for, where that is not the input. */
  hash?: string;
  /** Of a new session. */
  workspace?: ChosenWorkspace;
  /** The unfinished task that it is a message for. Absent under `steer`: the session must have none. */
  steers?: string;
  /** The prompt has text by others in it. */
  broughtBack?: EventDataOf<"task.submitted">["broughtBack"];
  /** The input's, as parts. */
  attachments?: ContentPart[];
}

/**
 * Events for a task at the end of the session's queue, in a new session if none is given. Requirements on the session
 * are checked in the commit, so that concurrent submits can't conflict.
 */
export function submission(
  principal: Principal,
  input: SubmitTaskInput,
  {
    retryOf,
    hash = requestHash(input),
    workspace,
    broughtBack,
    steers,
    attachments = [],
  }: SubmissionOptions = {},
): Submission {
  const { prompt, agent, effort, whenBusy, budget, idempotencyKey } = input;
  const model = input.model ?? null;
  const taskId = uuidv7();
  const submitted: StoredDraft = {
    taskId,
    type: "task.submitted",
    data: {
      prompt,
      model,
      ...(agent !== undefined && { agent }),
      ...(effort !== undefined && { effort }),
      ...(retryOf !== undefined && { retryOf }),
      whenBusy,
      ...(steers !== undefined && { steers }),
      ...(broughtBack !== undefined && { broughtBack }),
      ...(budget !== undefined && { budget }),
      ...(attachments.length > 0 && { attachments }),
      ...(idempotencyKey !== undefined && { idempotencyKey, requestHash: hash }),
    },
  };
  const { userId: ownerId } = principal;
  if (input.sessionId === undefined) {
    const session = newSession({
      title: titleFromPrompt(prompt),
      model,
      agent,
      effort,
      ...(workspace !== undefined && { workspace }),
    });
    return { sessionId: session.id, taskId, events: [session.event, submitted], options: { ownerId } };
  }
  return {
    sessionId: input.sessionId,
    taskId,
    events: [submitted],
    options: {
      expect: {
        ownerId,
        notArchived: true,
        notSubagent: true,
        notBusy: whenBusy === "reject" || (whenBusy === "steer" && steers === undefined),
      },
    },
  };
}

/** @returns why the session refused the task, for its submitter; otherwise the error itself. */
export function submitRefusal(error: unknown, sessionId: string): unknown {
  if (!(error instanceof GuardFailedError)) return error;
  switch (error.guard) {
    case "session":
      return noSession(sessionId);
    case "archived":
      return new TrunklineError(
        "session_archived",
        `Session ${sessionId} is archived; bring it back first (session.update with archived: false)`,
      );
    case "subagent":
      return new TrunklineError(
        "subagent_session",
        `Session ${sessionId} is a subagent's, and takes no other tasks: submit to the session of its parent, or fork it`,
      );
    case "busy":
      return new TrunklineError(
        "session_busy",
        `Session ${sessionId} has an unfinished task; wait for it, or submit with whenBusy 'enqueue', 'steer' or 'interrupt'`,
      );
    case "steering":
      return steeringFull();
    default:
      return error;
  }
}

/** SHA-256, hex, of what identifies a repeated submit. */
export function requestHash(input: SubmitTaskInput): string {
  const { prompt, sessionId, whenBusy, model, agent, effort, budget, projectId, attachments } = input;
  const { baseRef = null, workspace = null, includeUncommitted = false } = input;
  const body = JSON.stringify([
    prompt,
    sessionId ?? null,
    whenBusy,
    model ?? null,
    budget ?? null,
    // Without a project or an agent as before there were any: a key may be older than this version.
    ...(projectId === undefined ? [] : [projectId, baseRef, workspace, includeUncommitted]),
    ...(agent === undefined ? [] : [{ agent }]),
    ...(effort === undefined ? [] : [{ effort }]),
    ...(attachments === undefined ? [] : [{ attachments }]),
  ]);
  return hashOf(body);
}

/** The same of a retry. */
export function retryHash({ taskId, budget }: RetryTaskInput): string {
  return hashOf(JSON.stringify([{ retryOf: taskId }, budget ?? null]));
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function idempotencyConflict(): TrunklineError {
  return new TrunklineError(
    "idempotency_conflict",
    "This idempotencyKey was used for a different submit or retry; use a new key for a new task",
  );
}
