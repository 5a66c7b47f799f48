import { EventEmitter } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { monotonicMicros } from "../monotonic-micros.ts";
import { waitForEvent, type WaitOptions } from "../wait-for.ts";
import type { ChatRequest } from "./chat-request.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import type { ResponseBody } from "./response-body.ts";

export interface ReceivedCall {
  callNumber: number;
  receivedAtUs: number;
  headers: IncomingHttpHeaders;
  chat: ChatRequest;
  /** The JSON as sent. */
  sent: unknown;
}

/** The newest calls, and those waiting for one. */
export class RequestRecord {
  readonly requests: RecordedRequest[] = [];
  readonly #keep: number;
  readonly #arrivals = new EventEmitter().setMaxListeners(0);

  constructor(keep: number) {
    this.#keep = keep;
  }

  add({ callNumber, receivedAtUs, headers, chat, sent }: ReceivedCall, body: ResponseBody): void {
    const recorded: RecordedRequest = {
      callNumber,
      receivedAtUs,
      headers,
      model: chat.model,
      stream: chat.stream === true,
      messages: chat.messages,
      tools: chat.tools ?? [],
      body: sent,
      get bodyBytes() {
        return body.bytes;
      },
      outcome: null,
      endedAtUs: null,
      ended: body.ended.then((outcome) => {
        recorded.outcome = outcome;
        recorded.endedAtUs = monotonicMicros();
        return outcome;
      }),
    };
    this.requests.push(recorded);
    if (this.requests.length > this.#keep) this.requests.shift();
    this.#arrivals.emit(String(callNumber));
  }

  /** @throws DeadlineError; Error if the call is no longer kept. */
  async whenReceived(callNumber: number, options?: WaitOptions): Promise<RecordedRequest> {
    const find = () => this.requests.find((request) => request.callNumber === callNumber);
    if (find() === undefined && callNumber > (this.requests.at(-1)?.callNumber ?? 0)) {
      await waitForEvent(this.#arrivals, String(callNumber), options);
    }
    const request = find();
    if (request === undefined) throw new Error(`call ${callNumber} is no longer kept`);
    return request;
  }
}
