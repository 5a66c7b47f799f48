import { ERROR_CODES, type ErrorReason } from "@trunkline/contract";
import type { ErrorShape } from "./api-error.ts";

/** Fallback reasons for responses without one, e.g. from a proxy or the HTTP layer. */
const REASON_OF_STATUS: Readonly<Record<number, ErrorReason>> = {
  400: "validation_failed",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  // Nothing was done: the request had not arrived when the server, perhaps suspended meanwhile, looked for it.
  408: "unavailable",
  413: "payload_too_large",
  415: "unsupported_media_type",
  421: "forbidden",
  429: "rate_limited",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

/**
 * Reads an error of the server, or makes the best of a response from something else, such as a proxy.
 *
 * @param body the parsed body, if it is Trunkline's: `{ error: shape }` or the shape itself
 * @param httpStatus fills in what the body leaves out
 */
export function readErrorShape(body: unknown, httpStatus: number): ErrorShape {
  const shape = field(body, "error") ?? body;
  const data = field(shape, "data");
  const status = numberOf(field(data, "httpStatus")) ?? httpStatus;
  const reason = field(data, "reason");
  const code = field(data, "code");
  const message = field(shape, "message");
  const known = isReason(reason)
    ? reason
    : (REASON_OF_STATUS[status] ?? (status >= 500 ? "internal" : "validation_failed"));
  return {
    message: typeof message === "string" ? message : messageOfStatus(status),
    code: numberOf(field(shape, "code")) ?? 0,
    data: {
      ...(typeof data === "object" ? data : {}),
      code: typeof code === "string" ? code : ERROR_CODES[known],
      httpStatus: status,
      reason: known,
    },
  };
}

function isReason(value: unknown): value is ErrorReason {
  return typeof value === "string" && Object.hasOwn(ERROR_CODES, value);
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function messageOfStatus(status: number): string {
  // Of Node's parser, or a proxy's, before anybody could say more: queries travel in the address.
  if (status === 414 || status === 431) return "The request is too long: shorten the text in it";
  if (status === 404) {
    return "No Trunkline server answers at this address (HTTP status 404): check it, and the base path that it may have";
  }
  return `The server answered with HTTP status ${status}`;
}
