import type { LanguageModelV4FunctionTool, LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { Effort, EventDataOf, Json, Usage } from "@trunkline/contract";

/** A model that can be called: all that the agent knows of a provider. */
export interface Model {
  /** Its name at the provider. */
  readonly modelId: string;
  /**
   * Calls it. Stateless.
   * @throws ProviderFault if no answer starts; the signal's reason once aborted.
   */
  ask(request: ModelRequest, call: ModelCallContext): Promise<AnswerParts>;
}

/** What is known of one model. */
export interface ModelLimits {
  /** That it has. Absent: unknown. */
  efforts?: readonly Effort[] | undefined;
  /** Most tokens of an answer that are asked for. Absent: as the provider has it. */
  maxOutputTokens?: number | undefined;
}

export interface ModelRequest {
  prompt: LanguageModelV4Prompt;
  tools?: readonly LanguageModelV4FunctionTool[] | undefined;
  /** Maximum output tokens; absent: the operator's setting, else the provider's. */
  maxOutputTokens?: number;
  /** How much it thinks; the nearest that it has. Absent: its own default. */
  effort?: Effort | undefined;
}

export interface ModelCallContext {
  /** Ends the request at any point. */
  signal: AbortSignal;
  /** Call on every sign of life from the provider, even before the answer. */
  onLife: () => void;
  faultContext: FaultContext;
  /** Called with what the user should know about the call. Absent: nobody wants to. */
  onNotice?: ((message: string) => void) | undefined;
}

/** Timeouts for a provider, in ms. */
export interface Patience {
  /** Until the first content, without any other sign of life. */
  startMs: number;
  /** Between two signs of life after that. */
  idleMs: number;
}

/** An answer in progress, in batches as they arrive. Ending the iteration early ends the request. */
export type AnswerParts = AsyncIterator<readonly AnswerPart[], void, undefined>;

export type AnswerPart =
  /** A piece of a block; pieces of one block share an id. */
  | { type: "text" | "reasoning"; id: string; text: string }
  /** The block is complete; one without pieces is kept if it has metadata. */
  | { type: "block-end"; kind: "text" | "reasoning"; id: string; metadata?: ProviderMetadata | undefined }
  /** A complete call. */
  | AnswerCall
  /** The answer is complete; nothing follows. */
  | { type: "finish"; finishReason: FinishReason; usage: Usage };

export interface AnswerCall {
  type: "call";
  /** The provider's id; empty if it has none. */
  callId: string;
  /** As the model wrote it. */
  name: string;
  /** JSON text, as the model wrote it. */
  input: string;
  metadata?: ProviderMetadata | undefined;
}

/** Opaque, by provider; sent back verbatim to the model that it came from, and to no other. */
export type ProviderMetadata = Record<string, Record<string, Json>>;

export type FinishReason = EventDataOf<"step.ended">["finishReason"];

/** Context for the messages of faults. */
export interface FaultContext {
  /** Name of the model, e.g. `openai:gpt-5.5`. */
  model: string;
  /** Redacts secrets from the provider's messages. */
  redact: (text: string) => string;
  /** The provider's address without secrets, and the variables that set it. */
  provider?: { address: string; addressVariable: string; keyVariable: string };
}
