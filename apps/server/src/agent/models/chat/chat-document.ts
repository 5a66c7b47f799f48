import { hasTooManyValues } from "../../../common/foreign-json.ts";
import { messageTooLong } from "../../answer-bounds.ts";
import { cutFault } from "../../call-fault.ts";
import type { AnswerPart, FaultContext } from "../../model.ts";
import { clip, ProviderFault } from "../../provider-fault.ts";
import { isHtml, oneLine, wordsInBody } from "../../provider-words.ts";
import type { ChatAnswer } from "./chat-answer.ts";
import { chatErrorFault, errorInChunk } from "./chat-error.ts";
import { isObject, parseJson } from "../../json-object.ts";

/**
 * Parses a whole response body: a chat completion, or one chunk per line.
 * @throws ProviderFault if it is an error, not a model's answer, or incomplete.
 */
export function documentAnswer(
  text: string,
  answer: ChatAnswer,
  context: FaultContext,
): readonly AnswerPart[] {
  if (isHtml(text)) throw wrongAddress(`a web page${quoted(wordsInBody(text).message)}`, context);
  if (hasTooManyValues(text)) throw messageTooLong();
  const value = parseJson(text.replace(/^\uFEFF/, ""));
  if (value === undefined) return lineAnswer(text, answer, context);
  const error = isObject(value) ? errorInChunk(value) : typeof value === "string" ? value : null;
  if (error !== null) throw chatErrorFault(error, context, false);
  if (!isCompletion(value)) throw wrongAddress(`something other than an answer${quoted(text)}`, context);
  answer.take(value);
  return answer.end(true);
}

function lineAnswer(text: string, answer: ChatAnswer, context: FaultContext): readonly AnswerPart[] {
  const chunks = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map(parseJson);
  if (chunks.length < 2 || chunks.includes(undefined)) throw cutFault("its JSON is not whole", context);
  for (const chunk of chunks) answer.take(chunk);
  return answer.end(false);
}

/** Empty or unreadable. */
export function noAnswer(text: string, context: FaultContext): ProviderFault {
  // Empty, only comments, or part of the first event.
  if (/^\s*(?:$|:|d(?:a(?:t(?:a(?:$|:)|$)|$)|$)|event:|id:|retry:)/.test(text)) {
    return cutFault("it ended before it began", context);
  }
  return wrongAddress(`something other than an answer${quoted(text)}`, context);
}

function isCompletion(value: unknown): boolean {
  return (Array.isArray(value) ? value : [value]).some(
    (item) => isObject(item) && Array.isArray(item["choices"]),
  );
}

function wrongAddress(what: string, { provider, redact }: FaultContext): ProviderFault {
  const address = provider === undefined ? "The provider's address" : `The address ${provider.address}`;
  const advice = provider === undefined ? "" : `. Check ${provider.addressVariable}`;
  return new ProviderFault(
    "provider_wrong_address",
    `${address} answers with ${clip(redact(what))}${advice}`,
    {
      retryable: false,
    },
  );
}

function quoted(text: string): string {
  const words = oneLine(text).slice(0, 100).toWellFormed();
  return words === "" ? "" : ` ("${words}")`;
}
