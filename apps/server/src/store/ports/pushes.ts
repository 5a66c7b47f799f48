import type { PushMessage, PushSubscription } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

export interface StoredPushSubscription extends PushSubscription {
  userId: string;
  /** That it was subscribed with, and holds as long as. */
  tokenId: string;
  /** Of its push service. */
  host: string;
  /** SHA-256 of its endpoint, hex: one browser is subscribed once, whoever uses it. */
  endpointHash: string;
  /** Endpoint and keys, encrypted. */
  sealed: string;
}

/** What a device is to be told. A later one about the same session takes its place. */
export interface PushDelivery {
  /** Whom the session belongs to. */
  userId: string;
  /** Which session it leads to. */
  sessionId: string;
  /** Where it happened: that session, or a subagent's. */
  inSessionId: string;
  /** Id of the event in the outbox. */
  eventId: string;
  kind: PushMessage["kind"];
  at: number;
}

export interface DuePush {
  delivery: PushDelivery & { subscriptionId: string; attempts: number };
  subscription: StoredPushSubscription;
}

/** Devices that get push notifications, and what they have not been told yet. */
export interface PushStore {
  /** The pair that the server signs with; the private one is encrypted. */
  key(): Promise<{ publicKey: string; sealed: string } | undefined>;
  /** Stores it unless there is one. */
  addKey(key: { publicKey: string; sealed: string; createdAt: number }): Promise<void>;
  /** Newest first. @param at only those whose token holds then */
  ofUser(userId: string, at: number): Promise<StoredPushSubscription[]>;
  /** Whose token holds then, or has ended. */
  find(subscription: { id: string; userId: string }): Promise<StoredPushSubscription | undefined>;
  byEndpoint(endpointHash: string): Promise<StoredPushSubscription | undefined>;
  /**
   * Stores it in place of one with the same endpoint. What was for another user of that browser is dropped; where there are as many
   * as may be, those go first whose token has ended by then.
   * @throws GuardFailedError if the user was removed, or has `limit` others
   */
  put(
    subscription: StoredPushSubscription,
    most: { limit: number; at: number },
    audit?: AuditRecord,
  ): Promise<void>;
  /** @throws GuardFailedError if the user has no such device. */
  remove(subscription: { id: string; userId: string }, audit: AuditRecord): Promise<void>;
  /** Those of these users who have devices. */
  usersWithDevices(userIds: readonly string[]): Promise<Set<string>>;
  /** Notes for each device of the delivery's user, whose token holds by then, what it is to be told; unless it is noted already. */
  enqueue(deliveries: readonly PushDelivery[]): Promise<void>;
  /**
   * What is due, most overdue first, at most one for each device. @param except what is not asked for now. Those of devices whose
   * token has ended are never due.
   */
  due(query: {
    at: number;
    limit: number;
    except: { subscriptionIds: readonly string[]; userIds: readonly string[]; hosts: readonly string[] };
  }): Promise<DuePush[]>;
  /** Reserves the next attempt until `until`. @throws GuardFailedError if another node has, or it was replaced or dropped */
  claim(delivery: DuePush["delivery"], until: number): Promise<void>;
  /** Drops what was told or will not be. */
  settle(delivery: DuePush["delivery"]): Promise<void>;
  /** Tries again then. */
  postpone(delivery: DuePush["delivery"], dueAt: number): Promise<void>;
  /** How a device was reached. @param outcome.notBefore it takes nothing until then */
  note(
    subscriptionId: string,
    outcome: { at: number; failure: string | null; notBefore?: number },
  ): Promise<void>;
  /** Its push service does not know it any more. */
  forget(subscriptionId: string): Promise<void>;
  /** Drops what happened before then. */
  expire(before: number): Promise<void>;
}
