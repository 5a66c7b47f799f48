import { z } from "zod";
import { Effort, Id, Json, ModelName, Seq, Usage } from "../primitives.ts";
import { BlobRef, ContentPart } from "../content-part.ts";
import { CarriedState } from "../carried-state.ts";
import { BlockId, CallId, ToolCall, TOOL_STATUSES, FINISH_REASONS } from "./event-parts.ts";

const Block = z.strictObject({
  /** Which block of text it belongs to. */
  blockId: BlockId,
  text: z.string(),
});

const WholeBlock = Block.extend({
  /** Opaque (a signature, encrypted reasoning); sent back verbatim to the provider it came from, and to no other. */
  providerMetadata: Json.optional(),
});

/** What the agent does: steps, what the model says, tool calls, its context. */
export const AGENT_EVENTS = {
  /** A model call started. `step` counts from 1 within the task, across attempts. */
  "step.started": z.strictObject({
    step: z.int().positive(),
    /** The model that is called. */
    model: ModelName,
    /** The effort it is asked for; absent: its own default. */
    effort: Effort.optional(),
  }),
  /** A model call completed; `toolCalls` are the calls it asked for, whether or not they have started. */
  "step.ended": z.strictObject({
    step: z.int().positive(),
    /** The model that was called; absent in logs from before it was recorded. */
    model: ModelName.optional(),
    /** What this call used. */
    usage: Usage,
    /** Why the model stopped. */
    finishReason: z.enum(FINISH_REASONS),
    /** What it asked for. */
    toolCalls: z.array(ToolCall),
    /** Working time of the task since its last completed step, in ms. */
    workedMs: z.int().nonnegative().optional(),
  }),

  /** The model was given instructions that stand in the project or its repository; what was given before stays as it is. */
  "instructions.read": z.strictObject({
    /** A later one of the same source and path replaces an earlier one. */
    documents: z
      .array(
        z.strictObject({
          /** Whose words they are: the project's settings, or a file of the repository. */
          source: z.enum(["project", "repository"]),
          /** Of the file, relative to the workspace. */
          path: z.string().max(4_096).optional(),
          text: z.string(),
          /** Bytes left out at the end because it was too long. */
          omittedBytes: z.int().positive().optional(),
        }),
      )
      .max(50),
    /** All skills of the repository; absent: as before. */
    skills: z
      .array(
        z.strictObject({
          name: z.string().max(100),
          /** When to use it. */
          description: z.string().max(2_000),
          /** Of its `SKILL.md`, relative to the workspace. */
          path: z.string().max(4_096),
        }),
      )
      .max(200)
      .optional(),
    /** A part may come from strangers: from here on more calls need approval. */
    readsUntrusted: z.literal(true).optional(),
  }),

  /** A piece of an answer. Removed from the log when its block ends. */
  "text.delta": Block,
  /** A complete block of an answer; replaces its pieces. */
  "text.ended": WholeBlock,

  /** A piece of reasoning. Removed from the log when its block ends. */
  "reasoning.delta": Block,
  /** A complete block of reasoning; replaces its pieces. */
  "reasoning.ended": WholeBlock,

  /** A tool call started: from here on it may have had side effects. */
  "tool.called": ToolCall.extend({
    /** Its output may come from strangers: from here on more calls need approval. */
    readsUntrusted: z.literal(true).optional(),
    /** The rule that allowed it, in words. */
    allowedBy: z.string().max(3_000).optional(),
  }),
  /** A piece of a tool's output. Removed from the log when the call ends. */
  "tool.progress": z.strictObject({
    /** Which call it belongs to. */
    callId: CallId,
    chunk: z.string(),
  }),
  /** A tool call ended; its output replaces the pieces. */
  "tool.ended": z.strictObject({
    /** Which call it was. */
    callId: CallId,
    /** How it ended. `interrupted`: by a crash or restart; it is unknown how far it got. */
    status: z.enum(TOOL_STATUSES),
    /** What the model gets to read. */
    output: z.string(),
    durationMs: z.int().nonnegative(),
    /** Exit code of the process, if there was one; null if a signal ended it. */
    exitCode: z.int().nullable().optional(),
    /** Bytes omitted from the middle of `output` because it was too long. */
    omittedBytes: z.int().positive().optional(),
    /** All of a command's output, where the middle was omitted from `output`; of a very long one the beginning. */
    fullOutput: BlobRef.optional(),
    /** What it gives beyond `output`: images, files, data, diffs. */
    content: z.array(ContentPart).max(100).optional(),
    /** The rule that denied it, in words. */
    deniedBy: z.string().max(3_000).optional(),
    /**
     * The question whose answer an interrupted call never got. The answer is kept for the task's next call that is the same and asks
     * the same.
     */
    unheardQuestionId: Id.optional(),
  }),

  /** The agent's plan changed; this is all of it. */
  "plan.updated": z.strictObject({
    /** In order. */
    items: z.array(
      z.strictObject({
        text: z.string(),
        status: z.enum(["pending", "active", "done"]),
      }),
    ),
  }),

  /** Older history was summarised so that the model can continue. */
  "context.compacted": z.strictObject({
    /** The last event that the summary covers. */
    upToSeq: Seq,
    summary: z.string(),
    /** The model that wrote it, and what that used; absent where no model did. */
    model: ModelName.optional(),
    usage: Usage.optional(),
    /** What a reader who begins after `upToSeq` has to know of what came before. */
    carried: CarriedState.optional(),
  }),
} as const;
