import { createParser, type EventSourceMessage } from "eventsource-parser";
import { messageTooLong } from "../../answer-bounds.ts";
import { cutFault, streamFault } from "../../call-fault.ts";
import type { AnswerPart, AnswerParts, ModelCallContext } from "../../model.ts";
import type { ChatAnswer } from "./chat-answer.ts";
import { documentAnswer, noAnswer } from "./chat-document.ts";
import { chatErrorFault } from "./chat-error.ts";
import { parseJson } from "../../json-object.ts";
import { hasTooManyValues } from "../../../common/foreign-json.ts";
import type { ProviderResponse } from "../decoded-response.ts";

/** Longest line of an event stream, and largest document, in UTF-16 units. */
const MAX_EVENT_LENGTH = 8_000_000;

/** How long to wait for the end of a response after its last event, so that its connection can be reused, in ms. */
const REST_MS = 1_000;

/** Event types without content. */
const PINGS = /^(?:ping|keep-?alive|heartbeat)$/i;

/**
 * Reads a streaming answer: an event stream or a JSON document, whatever its content type says. Reads on demand only.
 */
export class ChatStream implements AnswerParts {
  readonly #response: ProviderResponse;
  readonly #answer: ChatAnswer;
  readonly #call: ModelCallContext;
  readonly #parser = createParser({
    onEvent: (event) => this.#takeEvent(event),
    onError: ({ type }) => {
      if (type === "max-buffer-size-exceeded") throw messageTooLong();
    },
    maxBufferSize: MAX_EVENT_LENGTH,
  });
  #format: "unknown" | "events" | "document" = "unknown";
  /** What arrived before the format was known, or the document. */
  #text = "";
  #hasEvents = false;
  #isOver = false;
  #last: readonly AnswerPart[] = [];
  #failure: { error: unknown } | null = null;
  #wake: (() => void) | null = null;

  constructor(response: ProviderResponse, answer: ChatAnswer, call: ModelCallContext) {
    this.#response = response;
    this.#answer = answer;
    this.#call = call;
    response.setEncoding("utf8");
    response.on("data", this.#onData);
    response.once("end", this.#onEnd);
    response.on("error", this.#onError);
    response.once("close", this.#onClose);
  }

  async next(): Promise<IteratorResult<readonly AnswerPart[], void>> {
    for (;;) {
      const parts = this.#answer.takeParts();
      if (parts.length > 0) return { done: false, value: parts };
      if (this.#failure !== null) throw this.#failure.error;
      if (this.#isOver) {
        const last = this.#last;
        this.#last = [];
        return last.length > 0 ? { done: false, value: last } : { done: true, value: undefined };
      }
      if (this.#response.isPaused()) this.#response.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<readonly AnswerPart[], void>> {
    if (!this.#isOver) this.#stop();
    return { done: true, value: undefined };
  }

  readonly #onData = (text: string): void => {
    this.#call.onLife();
    if (this.#isOver) return;
    try {
      this.#read(text);
    } catch (error) {
      this.#fail(error);
    }
    if (this.#wake === null) this.#response.pause();
    else this.#wakeReader();
  };

  readonly #onEnd = (): void => {
    if (this.#isOver) return;
    try {
      if (this.#format === "document")
        this.#finish(documentAnswer(this.#text, this.#answer, this.#call.faultContext));
      else {
        // The last event may lack its blank line.
        this.#parser.feed("\n\n");
        if (!this.#isOver) this.#end(false);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#wakeReader();
  };

  readonly #onError = (error: unknown): void => {
    if (this.#isOver) return;
    this.#fail(streamFault(error, this.#call.faultContext));
    this.#wakeReader();
  };

  readonly #onClose = (): void => this.#onError(cut(this.#call));

  #read(text: string): void {
    if (this.#format === "unknown") {
      this.#text += text;
      const first = /[^\s\uFEFF]/.exec(this.#text)?.[0];
      if (first === undefined) return;
      this.#format = /[{["<]/.test(first) ? "document" : "events";
      if (this.#format === "events") this.#parser.feed(this.#text);
      return;
    }
    if (this.#format === "events") return this.#parser.feed(text);
    this.#text += text;
    if (this.#text.length > MAX_EVENT_LENGTH) throw messageTooLong();
  }

  #takeEvent({ event, data }: EventSourceMessage): void {
    if (this.#isOver) return;
    const json = data.charCodeAt(0) === OPEN_BRACE ? data : data.trim();
    if (json === "" || (event !== undefined && PINGS.test(event))) return;
    this.#hasEvents = true;
    if (/^\[?DONE\]?$/i.test(json)) return this.#end(true);
    if (hasTooManyValues(json)) throw messageTooLong();
    const chunk = parseJson(json);
    const { faultContext } = this.#call;
    if (event === "error") throw chatErrorFault(chunk ?? json, faultContext, true);
    if (chunk === undefined) throw cutFault(`it sent what is no JSON: ${json.slice(0, 200)}`, faultContext);
    this.#answer.take(chunk);
  }

  #end(saidDone: boolean): void {
    if (!this.#hasEvents) throw noAnswer(this.#text, this.#call.faultContext);
    this.#finish(this.#answer.end(saidDone));
  }

  #finish(parts: readonly AnswerPart[]): void {
    this.#last = parts;
    this.#isOver = true;
    if (this.#response.readableEnded) return;
    this.#response.resume();
    const timer = setTimeout(() => this.#response.destroy(), REST_MS).unref();
    this.#response.once("close", () => clearTimeout(timer));
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stop();
  }

  #stop(): void {
    this.#isOver = true;
    this.#response.destroy();
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

const OPEN_BRACE = 0x7b;

function cut(call: ModelCallContext): unknown {
  return cutFault("the connection was closed", call.faultContext);
}
