import type { PushMessage } from "@trunkline/contract";

/** What a browser has told of itself, as it is sealed in the store. */
export interface PushAddress {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

/** Encrypts what the store keeps. */
export interface PushVault {
  /** @param belongsTo what it is opened with again */
  seal(belongsTo: string, secret: object): Promise<string>;
  open<Secret extends object>(belongsTo: string, sealed: string): Promise<Secret>;
}

export interface PushNotification {
  message: PushMessage;
  /** Whether it wakes a device that saves power. */
  isUrgent: boolean;
  /** How long the push service keeps it for a device that is not there, in ms. */
  lifetimeMs: number;
}

/** What became of a notification; texts are for the device's user. */
export type PushOutcome =
  | { type: "delivered" }
  /** The push service does not know the device any more. */
  | { type: "gone"; why: string }
  /** It will never take this notification. */
  | { type: "refused"; why: string }
  /** @param afterMs not before then, as the push service has it; absent: when the sender likes */
  | { type: "later"; why: string; afterMs?: number };

/** Sends one notification, once. @throws TrunklineError `unavailable` if the server's key can't be read; the signal's reason */
export type SendPush = (
  address: PushAddress,
  notification: PushNotification,
  signal: AbortSignal,
) => Promise<PushOutcome>;

/** Push notifications, where the operator has not turned them off. */
export interface Push {
  /** What browsers subscribe with. @throws TrunklineError `unavailable` if the key can't be read */
  publicKey(): Promise<string>;
  /** @throws TrunklineError `validation_failed` for an address that nothing may be sent to */
  check(endpoint: string): void;
  /** Encrypts what the store keeps of a device. */
  seal(endpointHash: string, address: PushAddress): Promise<string>;
  /** Sends a device a test, once. */
  test(subscription: { endpointHash: string; sealed: string }): Promise<PushOutcome>;
}
