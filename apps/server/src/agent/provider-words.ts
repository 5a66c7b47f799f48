import { parseJson } from "./json-object.ts";

/** What an error response says, whatever its shape. */
export interface ProviderWords {
  /** One line of plain text; empty if it says nothing. */
  message: string;
  /** Its codes and types, in lower case, e.g. `context_length_exceeded`. */
  codes: readonly string[];
  /** An HTTP status in the body, 400 to 599. */
  status: number | undefined;
}

/** Fields that may hold a sentence, the most specific first. */
const MESSAGE_FIELDS = [
  "message",
  "error",
  "errors",
  "detail",
  "details",
  "error_message",
  "error_description",
  "errorMessage",
  "msg",
  "Message",
  "reason",
  "description",
  "title",
  "faultstring",
  "fault",
  "response",
  "body",
  "text",
];
const CODE_FIELDS = [
  "code",
  "type",
  "status",
  "status_code",
  "statusCode",
  "error_code",
  "reason",
  "http_status",
];

/** Maximum depth: gateways wrap the errors of other gateways. */
const MAX_DEPTH = 6;
const MAX_LIST_LENGTH = 5;

/** Parses the body of an error response: JSON of any known shape, HTML or plain text. */
export function wordsInBody(body: string): ProviderWords {
  const text = body.trim();
  if (/^[[{"]/.test(text)) {
    const value = parseJson(text);
    if (value !== undefined) return wordsInValue(value);
  }
  if (isHtml(text)) return { message: oneLine(textOfHtml(text)), codes: [], status: undefined };
  return { message: oneLine(text), codes: [], status: undefined };
}

/** The same for a parsed body, or part of one. */
export function wordsInValue(value: unknown): ProviderWords {
  const codes = new Set<string>();
  let status: number | undefined;
  const collect = (node: unknown, depth: number): void => {
    if (typeof node !== "object" || node === null || depth > MAX_DEPTH) return;
    for (const field of CODE_FIELDS) {
      const code = (node as Record<string, unknown>)[field];
      const number = Number(code);
      if ((typeof code === "number" || typeof code === "string") && number >= 400 && number <= 599) {
        status ??= number;
      } else if (typeof code === "string") {
        codes.add(code.toLowerCase());
      }
    }
    for (const item of Object.values(node).slice(0, 50)) collect(item, depth + 1);
  };
  collect(value, 0);
  return { message: oneLine(sentenceIn(value, 0)), codes: [...codes], status };
}

export function isHtml(text: string): boolean {
  return /^\s*(?:<!doctype\s+html|<html|<head|<body|<title|<\?xml|<!--)/i.test(text);
}

function sentenceIn(value: unknown, depth: number): string {
  if (typeof value === "string") return sentenceInText(value, depth);
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return "";
  if (Array.isArray(value)) {
    const sentences = value.slice(0, MAX_LIST_LENGTH).map((item) => sentenceIn(item, depth + 1));
    return [...new Set(sentences.filter((sentence) => sentence !== ""))].join("; ");
  }
  const fields = value as Record<string, unknown>;
  // OpenRouter says "Provider returned error", and the cause in another field.
  const raw = fields["metadata"];
  if (typeof raw === "object" && raw !== null && "raw" in raw) {
    const said = sentenceIn(raw.raw, depth + 1);
    if (said !== "") return said;
  }
  for (const field of MESSAGE_FIELDS) {
    const said = sentenceIn(fields[field], depth + 1);
    if (said !== "") return withPlace(said, fields["loc"]);
  }
  return "";
}

/** A gateway may quote the original response, JSON and all, in its own message. */
function sentenceInText(text: string, depth: number): string {
  const trimmed = text.trim();
  if (depth < MAX_DEPTH && /^[[{]/.test(trimmed)) {
    const value = parseJson(trimmed);
    const said = value === undefined ? "" : sentenceIn(value, depth + 1);
    if (said !== "") return said;
  }
  return isHtml(trimmed) ? textOfHtml(trimmed) : trimmed;
}

/** FastAPI names the invalid field: `body.stream_options: not known here`. */
function withPlace(said: string, place: unknown): string {
  return Array.isArray(place) && place.length > 0 ? `${place.join(".")}: ${said}` : said;
}

/** Maximum bytes of a page to read. */
const MAX_HTML_LENGTH = 20_000;

function textOfHtml(html: string): string {
  const page = html.slice(0, MAX_HTML_LENGTH);
  const title = /<title[^>]*>([^<]*)/i.exec(page)?.[1]?.trim() ?? "";
  if (title !== "") return title;
  return page.replaceAll(/<(script|style)[^>]*>[^<]*/gi, " ").replaceAll(/<[^>]*>?/g, " ");
}

/** Longest quote of a provider to keep, in UTF-16 units; more than any message shows. */
const MAX_WORDS_LENGTH = 4_000;

/** One line without control characters, which would reach logs and terminals. */
export function oneLine(text: string): string {
  return (
    text
      .slice(0, MAX_WORDS_LENGTH)
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- it is what this is about
      .replaceAll(/[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
      .trim()
  );
}
