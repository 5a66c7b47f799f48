import { MAX_BODY_BYTES, TrunklineError } from "@trunkline/contract";
import { bodyLimit } from "hono/body-limit";
import { methodRefusal } from "./error-answer.ts";
import type { Middleware } from "./http-env.ts";

const BODILESS = new Set(["GET", "HEAD", "OPTIONS"]);

/** @param methods what the paths below know; the rest is refused before anything is read. */
export function allowMethods(methods: readonly string[]): Middleware {
  return async (c, next) => (methods.includes(c.req.method) ? next() : methodRefusal(methods));
}

/**
 * JSON is the only body that is taken: forms and plain text need no preflight, so any page could send them (tRPC's own
 * adapter takes multipart).
 */
export const requireJson: Middleware = async (c, next) => {
  if (!BODILESS.has(c.req.method)) {
    const [mediaType = ""] = (c.req.header("content-type") ?? "").split(";");
    if (mediaType.trim().toLowerCase() !== "application/json") {
      throw new TrunklineError("unsupported_media_type", "Send JSON, with 'Content-Type: application/json'");
    }
  }
  await next();
};

function refuseTooLarge(): never {
  throw new TrunklineError("payload_too_large", `A request may have ${MAX_BODY_BYTES} bytes at most`);
}

const limitChunked = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: refuseTooLarge });

/** A declared length is judged by its number alone; a chunked body is counted while it comes, and cut off. */
export const limitBody: Middleware = async (c, next) => {
  if (c.req.header("transfer-encoding") !== undefined) return limitChunked(c, next);
  if (Number(c.req.header("content-length") ?? 0) > MAX_BODY_BYTES) refuseTooLarge();
  return next();
};
