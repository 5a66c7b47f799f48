import { TrunklineError } from "@trunkline/contract";
import { hostOf, type HttpContext } from "./http-env.ts";
import { MAX_SHORT_BODY_BYTES, requireIdentity } from "./request-body.ts";
import type { Site } from "./site.ts";

const FORM = "application/x-www-form-urlencoded";

/**
 * A form submitted from one of the server's own pages. Any page can post here, so the exact Origin decides.
 *
 * @returns null if the body is not a form
 * @throws TrunklineError `forbidden` if another site sent it, `payload_too_large`, `unsupported_media_type`
 */
export async function readOwnForm(c: HttpContext, site: Site): Promise<URLSearchParams | null> {
  const [mediaType = ""] = (c.req.header("content-type") ?? "").split(";");
  if (mediaType.trim().toLowerCase() !== FORM) return null;
  if (c.req.header("origin") !== site.originOf(hostOf(c))) {
    throw new TrunklineError("forbidden", "This form must come from the server's own page");
  }
  requireIdentity(c);
  // By the declared length: browsers always send one, and a body without one is not read.
  const length = Number(c.req.header("content-length") ?? Infinity);
  if (c.req.header("transfer-encoding") !== undefined || !(length <= MAX_SHORT_BODY_BYTES)) {
    throw new TrunklineError("payload_too_large", `Body too large: limit ${MAX_SHORT_BODY_BYTES} bytes`);
  }
  return new URLSearchParams(await c.req.text());
}
