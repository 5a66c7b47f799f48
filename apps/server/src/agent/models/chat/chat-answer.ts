import type { Usage } from "@trunkline/contract";
import { outputTooLong } from "../../answer-bounds.ts";
import { cutFault } from "../../call-fault.ts";
import { filteredFault, finishReasonOf } from "../../finish-reason.ts";
import { MAX_STEP_LENGTH } from "../../limits.ts";
import type { AnswerPart, FinishReason, FaultContext } from "../../model.ts";
import { CHAT_METADATA_KEY, ChatCalls } from "./chat-calls.ts";
import { saidInContent, textIn } from "./chat-content.ts";
import { chatErrorFault, errorInChunk, isError } from "./chat-error.ts";
import { ChatExtras, REASONING_FIELDS } from "./chat-extras.ts";
import { chatUsage } from "./chat-usage.ts";
import { isObject, type JsonObject, listOf, objectOr } from "../../json-object.ts";
import { SpokenBlocks } from "./spoken-blocks.ts";

/**
 * Converts the chunks of one chat-completions answer to parts. Lenient about what servers send, but an answer is
 * complete only if the server said so.
 */
export class ChatAnswer {
  readonly #context: FaultContext;
  readonly #blocks: SpokenBlocks;
  readonly #calls = new ChatCalls();
  readonly #extras = new ChatExtras();
  #finishWord = "";
  #usage: Usage | null = null;
  #refusal = "";
  #length = 0;
  #hasDeltas = false;

  /** @param beginsThinking the model's reasoning has no opening mark. */
  constructor(context: FaultContext, options: { beginsThinking: boolean }) {
    this.#context = context;
    this.#blocks = new SpokenBlocks(options);
  }

  /** Whether the model's reasoning had no opening mark. */
  get hasUnopenedThought(): boolean {
    return this.#blocks.hasUnopenedThought;
  }

  /**
   * @param chunk parsed JSON.
   * @throws ProviderFault if it is an error of any shape.
   */
  take(chunk: unknown): void {
    if (Array.isArray(chunk)) return chunk.forEach((item) => this.take(item));
    if (typeof chunk === "string" && chunk.trim() !== "") throw chatErrorFault(chunk, this.#context, true);
    if (!isObject(chunk)) return;
    const error = errorInChunk(chunk);
    if (error !== null) throw chatErrorFault(error, this.#context, true);
    const usage = chatUsage(chunk["usage"]) ?? chatUsage(objectOr(chunk["x_groq"])["usage"]);
    if (usage !== null) this.#usage = usage;
    for (const choice of listOf(chunk["choices"])) {
      // Only one choice was requested.
      if (isObject(choice) && Number(choice["index"] ?? 0) === 0) this.#takeChoice(choice);
    }
  }

  /** The parts since the last call. */
  takeParts(): readonly AnswerPart[] {
    return this.#blocks.takeParts();
  }

  /**
   * The server has sent everything.
   * @param saidDone it sent `[DONE]`, or the answer was a single document.
   * @throws ProviderFault if the answer is incomplete or missing.
   */
  end(saidDone: boolean): readonly AnswerPart[] {
    if (this.#refusal !== "") throw filteredFault(this.#context, this.#refusal);
    if (this.#finishWord === "" && !saidDone)
      throw cutFault("it ended before it was finished", this.#context);
    const announced = this.#finishReason();
    this.#blocks.end(this.#extras.whole());
    const calls = this.#calls.whole();
    const extras = this.#blocks.leftExtras;
    const [first] = calls;
    if (extras !== null && first !== undefined) {
      first.metadata = { [CHAT_METADATA_KEY]: { ...extras, ...first.metadata?.[CHAT_METADATA_KEY] } };
    }
    return [
      ...this.takeParts(),
      ...calls,
      {
        type: "finish",
        finishReason: calls.length > 0 && announced === "stop" ? "tool-calls" : announced,
        usage: this.#usage ?? { inputTokens: 0, outputTokens: 0 },
      },
    ];
  }

  #finishReason(): FinishReason {
    if (this.#finishWord !== "") return finishReasonOf(this.#finishWord, this.#context);
    return this.#calls.isEmpty ? "stop" : "tool-calls";
  }

  #takeChoice(choice: JsonObject): void {
    if (isError(choice["error"])) throw chatErrorFault(choice["error"], this.#context, true);
    const { delta, message } = choice;
    // Some servers send the whole message at once, or at the end.
    if (isObject(message) && !this.#hasDeltas && Object.keys(objectOr(delta)).length === 0)
      this.#takeMessage(message);
    else if (isObject(delta)) this.#takeMessage(delta);
    else if (typeof choice["text"] === "string") this.#say("text", choice["text"]);
    const word = choice["finish_reason"];
    if (typeof word === "string" && !/^(?:|null|none)$/i.test(word.trim())) this.#finishWord = word;
  }

  #takeMessage(delta: JsonObject): void {
    const { content } = delta;
    if (typeof content === "string" && content !== "" && !hasMore(delta)) {
      this.#hasDeltas = true;
      return this.#say("text", content);
    }
    const said = saidInContent(content);
    const reasoning = said.reasoning + reasoningIn(delta);
    if (reasoning !== "") this.#say("reasoning", reasoning);
    if (said.text !== "") this.#say("text", said.text);
    this.#refusal += said.refusal + (typeof delta["refusal"] === "string" ? delta["refusal"] : "");
    const calls =
      this.#calls.take(delta["tool_calls"]) + this.#calls.takeFunctionCall(delta["function_call"]);
    if (calls > 0 || said.text !== "" || reasoning !== "") this.#hasDeltas = true;
    // Signatures may be longer than the text.
    this.#measure(calls + this.#refusal.length + this.#extras.take(delta));
  }

  #say(kind: "text" | "reasoning", text: string): void {
    this.#measure(text.length);
    this.#blocks.say(kind, text);
  }

  #measure(length: number): void {
    this.#length += length;
    if (this.#length > MAX_STEP_LENGTH) throw outputTooLong();
  }
}

/** Whether a delta with text may contain anything else. */
function hasMore(delta: JsonObject): boolean {
  for (const field in delta) if (field !== "content" && field !== "role") return true;
  return false;
}

function reasoningIn(delta: JsonObject): string {
  for (const field of REASONING_FIELDS) {
    const text = textIn(delta[field]);
    if (text !== "") return text;
  }
  // Fall back to the details.
  return listOf(delta["reasoning_details"])
    .map((detail) => (isObject(detail) ? textIn(detail["text"] ?? detail["summary"]) : ""))
    .join("");
}
