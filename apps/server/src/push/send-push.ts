import { createHash } from "node:crypto";
import { once } from "node:events";
import { request as requestSecurely } from "node:https";
import type { IncomingMessage } from "node:http";
import { type Connect, DestinationError } from "../network/port.ts";
import type { PushAddress, PushNotification, PushOutcome, SendPush } from "./port.ts";
import type { PushKeys } from "./push-keys.ts";

export interface SendPushDeps {
  connect: Connect;
  keys: () => Promise<PushKeys>;
  /** `mailto:` or `https:`, for the push service. */
  contact: string;
  now: () => number;
  /** For connecting and the head of the answer, in ms. */
  timeoutMs?: number;
}

/** Encrypts a notification for one browser (RFC 8291), signs for it (RFC 8292), and hands it to its push service (RFC 8030). */
export function createSendPush({ connect, keys, contact, now, timeoutMs = 15_000 }: SendPushDeps): SendPush {
  return async (address, notification, signal) => {
    const vapid = { subject: contact, ...(await keys()) };
    const parts = await encrypt(address, notification, vapid).catch(() => null);
    if (parts === null) return { type: "refused", why: "Its keys are not valid" };
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const { statusCode = 0, headers } = await post(
        { connect, url: new URL(address.endpoint), ...parts },
        AbortSignal.any([signal, late]),
      );
      return outcomeOf(statusCode, headers["retry-after"], now);
    } catch (error) {
      signal.throwIfAborted();
      // Where the address leads to is nothing that whoever names it needs to know.
      if (error instanceof DestinationError && error.isForbidden) {
        return { type: "refused", why: "Its address is not public" };
      }
      return {
        type: "later",
        why: late.aborted ? "The push service doesn't answer" : "The push service can't be reached",
      };
    }
  };
}

interface Encrypted {
  headers: Record<string, string>;
  body: Uint8Array;
}

type Signing = PushKeys & { subject: string };

async function encrypt(
  { endpoint, keys }: PushAddress,
  { message, isUrgent, lifetimeMs }: PushNotification,
  vapid: Signing,
): Promise<Encrypted> {
  // Most servers never send one.
  const { buildPushPayload } = await import("@block65/webcrypto-web-push");
  const options = {
    ttl: Math.max(1, Math.round(lifetimeMs / 1_000)),
    urgency: isUrgent ? ("high" as const) : ("normal" as const),
    topic: topicOf(message.sessionId ?? "test"),
  };
  const subscription = { endpoint, keys, expirationTime: null };
  const { headers, body } = await buildPushPayload({ data: { ...message }, options }, subscription, vapid);
  return { headers, body };
}

/** At most 32 characters (RFC 8030, 5.4). What is still under way about the same session is replaced; the push service learns no id. */
function topicOf(sessionId: string): string {
  return createHash("sha256").update(sessionId).digest().subarray(0, 24).toString("base64url");
}

/** Follows no redirect, and reads nothing but the head of the answer. */
async function post(
  { connect, url, headers, body }: Encrypted & { connect: Connect; url: URL },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const socket = await connect(url, signal);
  try {
    const request = requestSecurely(url, {
      method: "POST",
      headers,
      createConnection: () => socket,
      signal,
    });
    // Later errors are those of a body that nobody reads.
    request.on("error", () => socket.destroy());
    request.end(body);
    const [response] = (await once(request, "response", { signal })) as [IncomingMessage];
    return response;
  } finally {
    socket.destroy();
  }
}

function outcomeOf(status: number, retryAfter: string | undefined, now: () => number): PushOutcome {
  if (status >= 200 && status < 300) return { type: "delivered" };
  if (status === 404 || status === 410) {
    return { type: "gone", why: "The push service doesn't know this device any more" };
  }
  if (status === 429 || status >= 500) {
    const afterMs = waitOf(retryAfter, now);
    return {
      type: "later",
      why: `The push service is ${status === 429 ? "limiting notifications" : "failing"} (${status})`,
      ...(afterMs !== undefined && { afterMs }),
    };
  }
  return { type: "refused", why: `The push service refused the notification (${status})` };
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function waitOf(retryAfter: string | undefined, now: () => number): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now());
}
