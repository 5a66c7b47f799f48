import { callFault } from "../../call-fault.ts";
import type { Model, ModelCallContext, ModelLimits, ModelRequest } from "../../model.ts";
import { wordsInBody, wordsInValue } from "../../provider-words.ts";
import { type Refusal, refusalFault } from "../../refusal-fault.ts";
import { headersOf, readText, sendRequest } from "../provider-request.ts";
import { ChatAnswer } from "./chat-answer.ts";
import { changesRequest, chatRequest } from "./chat-request.ts";
import { ChatStream } from "./chat-stream.ts";
import { nearestEffort } from "../nearest-effort.ts";
import { type ChatTrait, traitFor } from "./chat-traits.ts";

/** A server with an OpenAI-compatible chat-completions API; shared by its models. */
export interface ChatServer {
  /** URL of `chat/completions`, without credentials. */
  url: string;
  headers: Readonly<Record<string, string>>;
  /** What was learned about the server, so that less has to be tried. */
  traits: Set<ChatTrait>;
}

/** Maximum error body to read, in UTF-16 units. */
const MAX_ERROR_LENGTH = 100_000;

/** A model of such a server. */
export function createChatModel(
  server: ChatServer,
  modelId: string,
  { efforts, maxOutputTokens }: ModelLimits = {},
): Model {
  let beginsThinking = false;
  // Unlike the others, of the model.
  let refusesEffort = false;

  return {
    modelId,
    async ask(asked, call) {
      const request: ModelRequest = {
        ...asked,
        ...withDefined("maxOutputTokens", asked.maxOutputTokens ?? maxOutputTokens),
        effort: nearestEffort(asked.effort, efforts),
      };
      const answer = new ChatAnswer(call.faultContext, { beginsThinking });
      if (refusesEffort) delete request.effort;
      const { response, traits } = await send(server, modelId, request, call);
      if (traits.has("no-effort")) {
        refusesEffort = true;
        call.onNotice?.(
          `'${call.faultContext.model}' takes no effort '${request.effort}', so it runs at its own`,
        );
      }
      const stream = new ChatStream(response, answer, call);
      return {
        async next() {
          try {
            return await stream.next();
          } finally {
            beginsThinking = answer.hasUnopenedThought;
          }
        },
        return: () => stream.return(),
      };
    },
  };
}

/** Repeats the request without whatever the server refuses, until it is accepted. */
async function send(server: ChatServer, modelId: string, request: ModelRequest, call: ModelCallContext) {
  const traits = new Set(server.traits);
  for (;;) {
    const response = await sendOnce(server, JSON.stringify(chatRequest(modelId, request, traits)), call);
    const status = response.statusCode ?? 500;
    if (status < 300) {
      for (const trait of traits) if (trait !== "no-effort") server.traits.add(trait);
      return { response, traits };
    }
    const refusal = await readRefusal(response, status);
    const trait = traitFor(refusal, (candidate) => changesRequest(candidate, request, traits));
    if (trait === null) throw refusalFault(refusal, call.faultContext);
    traits.add(trait);
  }
}

async function sendOnce(
  { url, headers }: ChatServer,
  body: string,
  { signal, onLife, faultContext }: ModelCallContext,
) {
  try {
    const response = await sendRequest({
      url,
      method: "POST",
      headers: {
        accept: "text/event-stream, application/json",
        "content-type": "application/json",
        "content-length": String(Buffer.byteLength(body)),
        ...headers,
      },
      body,
      signal,
    });
    onLife();
    return response;
  } catch (error) {
    signal.throwIfAborted();
    throw callFault(error, faultContext);
  }
}

async function readRefusal(response: Parameters<typeof readText>[0], status: number): Promise<Refusal> {
  const headers = headersOf(response);
  const location = headers["location"];
  if (status < 400 && location !== undefined) {
    response.destroy();
    const origin = URL.parse(location)?.origin ?? "";
    return { status, headers, body: "", words: wordsInValue({ message: origin }) };
  }
  // If the body is cut off, what arrived is enough.
  const body = await readText(response, MAX_ERROR_LENGTH).catch(() => "");
  return { status, headers, body, words: wordsInBody(body) };
}

function withDefined<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}
