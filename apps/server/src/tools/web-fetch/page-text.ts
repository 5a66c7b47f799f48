import { MIMEType } from "node:util";
import type { FetchedPage } from "./fetch-page.ts";
import { type PageConverter, toMarkdown } from "./to-markdown.ts";

type Kind = "page" | "text" | "other";

const TEXT_TYPES = new Set([
  "application/ecmascript",
  "application/javascript",
  "application/json",
  "application/ndjson",
  "application/toml",
  "application/x-javascript",
  "application/x-sh",
  "application/xml",
  "application/yaml",
  "application/x-yaml",
]);

function parseType(contentType: string): MIMEType | null {
  try {
    return new MIMEType(contentType);
  } catch {
    // Missing or invalid header: the bytes decide.
    return null;
  }
}

function kindOf(contentType: string): Kind {
  const type = parseType(contentType);
  if (type === null) return "text";
  const { essence, subtype } = type;
  if (essence === "text/html" || essence === "application/xhtml+xml") return "page";
  const isText = type.type === "text" || TEXT_TYPES.has(essence) || /\+(?:json|xml|yaml)$/.test(subtype);
  return isText ? "text" : "other";
}

/** Whether a body of this type can be read as text. */
export function isReadable(contentType: string): boolean {
  return kindOf(contentType) !== "other";
}

/**
 * @returns a page's text: HTML as Markdown, other text unchanged; null if it is not text.
 * @throws FetchError if the page can't be converted; the signal's reason once aborted.
 */
export async function readPageText(
  { url, contentType, body }: FetchedPage,
  converter: PageConverter,
): Promise<string | null> {
  if (body === null) return null;
  const text = decode(body.bytes, contentType);
  if (text.slice(0, 1_024).includes("\0")) return null;
  const isPage =
    kindOf(contentType) === "page" || (contentType === "" && /^\s*<(?:!doctype html|html)\b/i.test(text));
  return isPage ? toMarkdown(text, url.href, converter) : text;
}

/** A page declares its own encoding near the start (HTML, "prescan a byte stream"). */
const PRESCAN_BYTES = 1_024;
const META_CHARSET = /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i;

function decode(bytes: Buffer, contentType: string): string {
  const named =
    parseType(contentType)?.params.get("charset") ??
    META_CHARSET.exec(bytes.subarray(0, PRESCAN_BYTES).toString("latin1"))?.[1];
  try {
    return new TextDecoder(named ?? "utf-8").decode(bytes);
  } catch {
    // Unknown encoding.
    return new TextDecoder().decode(bytes);
  }
}
