import { MAX_BODY_BYTES, MAX_CALL_DOCUMENT_BYTES, TrunklineError } from "@trunkline/contract";
import { bodyLimit } from "hono/body-limit";
import { BLOBS_PATH } from "./blobs.ts";
import type { ByteBudget } from "../fairness/byte-budget.ts";
import { requireCallerStillMay } from "../fairness/caller.ts";
import { isTooDeep, MAX_JSON_DEPTH } from "../common/foreign-json.ts";
import { methodRefusal } from "./error-answer.ts";
import type { HttpContext, Middleware } from "./http-env.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * JSON is UTF-8 (RFC 8259, 8.1). Decoders of the platform would store a replacement character for what somebody typed.
 *
 * @returns what can be parsed in one go
 * @throws TrunklineError `validation_failed`
 */
export async function readJsonText(c: HttpContext): Promise<string> {
  const bytes = await c.req.arrayBuffer();
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch (cause) {
    throw new TrunklineError("validation_failed", "The body is not UTF-8", { cause });
  }
  if (!isTooDeep(text)) return text;
  throw new TrunklineError("validation_failed", `The body is nested more than ${MAX_JSON_DEPTH} levels deep`);
}

/** @param methods allowed for these paths; others are refused before reading anything */
export function allowMethods(methods: readonly string[]): Middleware {
  return async (c, next) => (methods.includes(c.req.method) ? next() : methodRefusal(methods));
}

/**
 * Only JSON bodies are accepted: forms and plain text need no preflight, so any page could send them (tRPC's own
 * adapter accepts multipart). Without a body (RFC 9112, 6.3) no content type is needed.
 */
export const requireJson: Middleware = requireType("application/json", "JSON");

/** The other accepted type, for uploads: forms can't send it either. */
const requireBytes = requireType("application/octet-stream", "bytes");

export const requireBodyType: Middleware = async (c, next) =>
  isUpload(c) ? requireBytes(c, next) : requireJson(c, next);

function requireType(wanted: string, what: string): Middleware {
  return async (c, next) => {
    if (hasBody(c)) {
      const [mediaType = ""] = (c.req.header("content-type") ?? "").split(";");
      if (mediaType.trim().toLowerCase() !== wanted) {
        throw new TrunklineError("unsupported_media_type", `Send ${what}, with 'Content-Type: ${wanted}'`);
      }
      requireIdentity(c);
    }
    await next();
  };
}

/**
 * Bodies are read as they are. Ignoring a coding would store compressed bytes as if they were the file, and decoding one
 * would let a small body grow past its limit.
 *
 * @throws TrunklineError `unsupported_media_type` (RFC 9110, 8.4.1)
 */
export function requireIdentity(c: HttpContext): void {
  const coding = c.req.header("content-encoding")?.trim().toLowerCase() ?? "";
  if (coding !== "" && coding !== "identity") {
    throw new TrunklineError(
      "unsupported_media_type",
      "Send the body uncompressed, without Content-Encoding",
    );
  }
}

function isUpload(c: HttpContext): boolean {
  return c.req.method === "POST" && c.req.path === BLOBS_PATH;
}

export function hasBody(c: HttpContext): boolean {
  return c.req.header("transfer-encoding") !== undefined || Number(c.req.header("content-length") ?? 0) !== 0;
}

/** For sign-in. */
export const MAX_SHORT_BODY_BYTES = 1_024;

/** An import carries a whole session. A batch may contain several imports, and nothing else. */
const IMPORT_CALL = /^\/trpc\/session\.import(?:,session\.import)*$/;
/** Streams its body and counts the bytes itself. */
const IMPORT_STREAM = "/api/sessions/import";

const limitOthers = limitTo(MAX_BODY_BYTES);
const limitImport = limitTo(MAX_CALL_DOCUMENT_BYTES);

export const limitBody: Middleware = async (c, next) => {
  // Counted where they are stored: they are never held in memory.
  if (isUpload(c) || c.req.path === IMPORT_STREAM) return next();
  return IMPORT_CALL.test(c.req.path) ? limitImport(c, next) : limitOthers(c, next);
};

/** A declared length is checked immediately; a chunked body is counted as it arrives, and cut off. */
function limitTo(maxSize: number): Middleware {
  const refuse = (): never => {
    throw new TrunklineError("payload_too_large", `Body too large: limit ${maxSize} bytes`);
  };
  const limitChunked = bodyLimit({ maxSize, onError: refuse });
  return async (c, next) => {
    if (c.req.header("transfer-encoding") !== undefined) return limitChunked(c, next);
    if (Number(c.req.header("content-length") ?? 0) > maxSize) refuse();
    return next();
  };
}

/** Of bodies that are read into memory, and of calls with them, at a time: others of the same user wait. */
export const BODY_BYTES_PER_USER = 32_000_000;

/** Reads the body when its user has room for it, so that bodies that do not come fill nobody's memory. */
export function takeBody(budget: ByteBudget): Middleware {
  return async (c, next) => {
    const bytes = bytesInMemory(c);
    if (bytes === 0) return next();
    const { outgoing } = c.env;
    const left = new AbortController();
    const leave = (): void => left.abort(new TrunklineError("validation_failed", "The request broke off"));
    outgoing.once("close", leave);
    if (outgoing.destroyed) leave();
    using _taken = await budget.take(c.get("authenticated").principal.userId, bytes, left.signal);
    await c.req.arrayBuffer();
    // It may have been a minute on its way, and waited before for the others'.
    await requireCallerStillMay();
    await next();
  };
}

/** At most. Uploads and long imports go through it piece by piece. */
function bytesInMemory(c: HttpContext): number {
  if (!hasBody(c) || isUpload(c)) return 0;
  const isChunked = c.req.header("transfer-encoding") !== undefined;
  const length = isChunked ? Number.POSITIVE_INFINITY : Number(c.req.header("content-length"));
  if (c.req.path === IMPORT_STREAM) return length <= MAX_BODY_BYTES ? length : 0;
  return Math.min(length, IMPORT_CALL.test(c.req.path) ? MAX_CALL_DOCUMENT_BYTES : MAX_BODY_BYTES);
}
