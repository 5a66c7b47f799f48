import { z } from "zod";
import { MAX_PUSH_DEVICE_LENGTH } from "./limits.ts";
import { Id, isLegible, Timestamp } from "./primitives.ts";

/** A browser, or installed app, that the push service of its maker reaches with no page open. */
export const PushSubscription = z.strictObject({
  id: Id,
  /** What its user knows it by. */
  device: z.string(),
  createdAt: Timestamp,
  /** When its push service last took a notification; null: never. */
  lastSuccessAt: Timestamp.nullable(),
  /** When it last did not; null: never. */
  lastFailureAt: Timestamp.nullable(),
  /** Why it did not, the last time; null once it has taken one again. */
  failure: z.string().nullable(),
});
export type PushSubscription = z.infer<typeof PushSubscription>;

/** Unpadded base64url (RFC 4648, section 5) of this many bytes. */
const encoded = (bytes: number) =>
  z
    .string()
    .regex(/^[\w-]+$/, "must be unpadded base64url")
    .refine((text) => Math.floor((text.length * 3) / 4) === bytes, `must encode ${bytes} bytes`);

export const SubscribePushInput = z.strictObject({
  /** Where its push service takes notifications. */
  endpoint: z
    .string()
    .max(2_000)
    .refine((text) => URL.parse(text)?.protocol === "https:", "must be an https address"),
  keys: z.strictObject({
    /** The browser's public key, an uncompressed point of P-256. */
    p256dh: encoded(65).refine((text) => text.startsWith("B"), "must be an uncompressed point"),
    /** Its authentication secret. */
    auth: encoded(16),
  }),
  /** What its user knows it by. */
  device: z
    .string()
    .trim()
    .max(MAX_PUSH_DEVICE_LENGTH)
    .refine(isLegible, "The device's name has no visible character"),
  /** Only if this device is still subscribed: `not_found` if it was removed. */
  renew: z.boolean().optional(),
});
export type SubscribePushInput = z.infer<typeof SubscribePushInput>;

/** The caller's devices. */
export const PushSubscriptionList = z.strictObject({
  /** For a browser's `pushManager.subscribe({ applicationServerKey })`; null: the operator has turned push off. */
  publicKey: z.string().nullable(),
  /** Newest first. */
  items: z.array(PushSubscription),
});
export type PushSubscriptionList = z.infer<typeof PushSubscriptionList>;

export const PushSubscriptionRef = z.strictObject({ subscriptionId: Id });
export type PushSubscriptionRef = z.infer<typeof PushSubscriptionRef>;

/** What a notification is about: what the session waits for, or how its task ended. */
export const PUSH_KINDS = ["approval", "question", "completed", "failed", "canceled", "test"] as const;

/** What a browser decrypts; nothing of a prompt, an answer or a tool's output is in it. */
export const PushMessage = z.strictObject({
  kind: z.enum(PUSH_KINDS),
  /** Null for a test. */
  sessionId: Id.nullable(),
  /** Of the session. */
  title: z.string(),
});
export type PushMessage = z.infer<typeof PushMessage>;
