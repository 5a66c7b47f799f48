import type { LanguageModelV4FunctionTool, LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { EventDataOf, Json, Usage } from "@trunkline/contract";

/** A model that can be asked: the one thing that the agent knows of a provider. */
export interface Model {
  /** Its name at the provider. */
  readonly modelId: string;
  /**
   * Asks it. Nothing is kept between two calls.
   * @throws ProviderFault where no answer begins; the signal's reason once it is aborted.
   */
  ask(request: ModelRequest, call: ModelCallContext): Promise<AnswerParts>;
}

export interface ModelRequest {
  prompt: LanguageModelV4Prompt;
  tools?: readonly LanguageModelV4FunctionTool[] | undefined;
  /** Most tokens that the answer may have; absent: the operator's setting, else the provider's. */
  maxOutputTokens?: number;
}

export interface ModelCallContext {
  /** Ends the request, wherever it stands. */
  signal: AbortSignal;
  /** To be called with every sign of life of the provider, answer or not. */
  onLife: () => void;
  faultContext: FaultContext;
}

/** How long to wait for a provider, in ms. */
export interface Patience {
  /** Until the first words of an answer, while the provider shows no other sign of life. */
  startMs: number;
  /** Between two signs of life after that. */
  idleMs: number;
}

/** An answer on its way, in batches as they come from the network. Ending it early ends the request. */
export type AnswerParts = AsyncIterator<readonly AnswerPart[], void, undefined>;

export type AnswerPart =
  /** A piece of a block; pieces of one block have one id. */
  | { type: "text" | "reasoning"; id: string; text: string }
  /** The block is whole; one that had no pieces is kept where it has metadata. */
  | { type: "block-end"; kind: "text" | "reasoning"; id: string; metadata?: ProviderMetadata | undefined }
  /** A call that came whole. */
  | AnswerCall
  /** The answer is whole; nothing follows. */
  | { type: "finish"; finishReason: FinishReason; usage: Usage };

export interface AnswerCall {
  type: "call";
  /** As the provider gave it; empty where it gave none. */
  callId: string;
  /** As the model wrote it. */
  name: string;
  /** JSON text, as the model wrote it. */
  input: string;
  metadata?: ProviderMetadata | undefined;
}

/** Opaque, by provider; goes back verbatim to the model that it came from, and to no other. */
export type ProviderMetadata = Record<string, Record<string, Json>>;

export type FinishReason = EventDataOf<"step.ended">["finishReason"];

/** What a fault's message is made of beside the error. */
export interface FaultContext {
  /** Name of the model, e.g. `openai:gpt-5.5`. */
  model: string;
  /** Takes secrets out of what a provider said. */
  redact: (text: string) => string;
  /** Where the provider is asked, without what is secret in it, and the variables that decide. */
  provider?: { address: string; addressVariable: string; keyVariable: string };
}
