import { z } from "zod";
import { Json } from "../primitives.ts";
import { Location, ToolKind } from "../tool-kind.ts";

export const BlockId = z.string().min(1).max(200);
export const CallId = z.string().min(1).max(200);

/** Why a task failed. */
export const TaskError = z.strictObject({
  /** What went wrong, for programs. */
  code: z.string().min(1),
  /** What went wrong, and what to do. */
  message: z.string(),
  /** Whether a retry may work. */
  retryable: z.boolean(),
});
export type TaskError = z.infer<typeof TaskError>;

/** A complete tool call by the model; a call that was cut off never becomes one. */
export const ToolCall = z.strictObject({
  /** Unique within the session. */
  callId: CallId,
  /** Name of the tool. */
  tool: z.string().min(1),
  /** The model's input. */
  input: Json,
  /** Short description for people, e.g. `npm test`. */
  title: z.string().max(500).optional(),
  /** The kind of work; UIs choose icons and wording by it. */
  kind: ToolKind.optional(),
  /** Files that it reads or changes. */
  locations: z.array(Location).max(100).optional(),
  /** Opaque; sent back verbatim to the provider it came from, and to no other. */
  providerMetadata: Json.optional(),
});
export type ToolCall = z.infer<typeof ToolCall>;

export const TOOL_STATUSES = ["succeeded", "failed", "denied", "interrupted", "canceled"] as const;
export const FINISH_REASONS = ["stop", "length", "content-filter", "tool-calls", "error", "other"] as const;

/** Git's name of a commit. */
export const Commit = z.string().regex(/^[0-9a-f]{40,64}$/);
