import { createHash } from "node:crypto";
import {
  MAX_PUSH_SUBSCRIPTIONS,
  type Principal,
  type PushService,
  type PushSubscription,
  TrunklineError,
} from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { Audit } from "../audit/port.ts";
import type { Push } from "../push/port.ts";
import { GuardFailedError, type Store, type StoredPushSubscription } from "../store/port.ts";

export interface PushServiceDeps {
  store: Store;
  /** Null: the operator has turned it off. */
  push: Push | null;
  audit: Audit;
  now: () => number;
}

export function createPushService({ store, push, audit, now }: PushServiceDeps): PushService {
  const enabled = (): Push => {
    if (push !== null) return push;
    throw new TrunklineError("forbidden", "The operator of this server has turned push notifications off");
  };
  /** One whose token has ended is as good as gone. */
  const deviceOf = async ({ userId }: Principal, subscriptionId: string): Promise<StoredPushSubscription> => {
    const devices = await store.pushes.ofUser(userId, now());
    const found = devices.find(({ id }) => id === subscriptionId);
    if (found === undefined) throw noDevice(subscriptionId);
    return found;
  };

  return {
    async subscribe(principal, { endpoint, keys, device, renew = false }) {
      const sender = enabled();
      sender.check(endpoint);
      const { userId, tokenId } = principal;
      if (tokenId === undefined) throw new TrunklineError("forbidden", "Subscribe with a token");
      const endpointHash = createHash("sha256").update(endpoint).digest("hex");
      const sameBrowser = await store.pushes.byEndpoint(endpointHash);
      const known = sameBrowser?.userId === userId ? sameBrowser : undefined;
      if (renew && known === undefined) throw new TrunklineError("not_found", "This device was removed");
      const subscription: StoredPushSubscription = {
        id: known?.id ?? uuidv7(),
        userId,
        tokenId,
        host: new URL(endpoint).host,
        endpointHash,
        sealed: await sender.seal(endpointHash, { endpoint, keys }),
        device,
        createdAt: known?.createdAt ?? now(),
        lastSuccessAt: known?.lastSuccessAt ?? null,
        lastFailureAt: known?.lastFailureAt ?? null,
        failure: known?.failure ?? null,
      };
      const entry = { by: principal, action: "push.subscribe", target: subscription.id } as const;
      const isNews = known?.tokenId !== tokenId;
      try {
        await store.pushes.put(
          subscription,
          { limit: MAX_PUSH_SUBSCRIPTIONS, at: now() },
          isNews ? audit.entry({ ...entry, decision: "allowed" }) : undefined,
        );
      } catch (error) {
        if (!(error instanceof GuardFailedError)) throw error;
        const message = `You have ${MAX_PUSH_SUBSCRIPTIONS} devices that get push notifications: remove some first`;
        throw new TrunklineError("validation_failed", message, { cause: error });
      }
      return toSubscription(subscription);
    },

    async list({ userId }) {
      const publicKey = push === null ? null : await push.publicKey();
      return { publicKey, items: (await store.pushes.ofUser(userId, now())).map(toSubscription) };
    },

    async unsubscribe(principal, { subscriptionId: id }) {
      const subscription = await deviceOf(principal, id);
      const entry = { by: principal, action: "push.unsubscribe", target: id, decision: "allowed" } as const;
      try {
        await store.pushes.remove({ id, userId: principal.userId }, audit.entry(entry));
      } catch (error) {
        if (error instanceof GuardFailedError) throw noDevice(id);
        throw error;
      }
      return toSubscription(subscription);
    },

    async test(principal, { subscriptionId: id }) {
      const sender = enabled();
      const subscription = await deviceOf(principal, id);
      const outcome = await sender.test(subscription);
      const at = now();
      if (outcome.type === "gone") {
        await store.pushes.forget(id);
        return { ...toSubscription(subscription), lastFailureAt: at, failure: outcome.why };
      }
      const failure = outcome.type === "delivered" ? null : outcome.why;
      await store.pushes.note(id, { at, failure });
      const told = failure === null ? { lastSuccessAt: at } : { lastFailureAt: at };
      return { ...toSubscription(subscription), ...told, failure };
    },
  };
}

function noDevice(subscriptionId: string): TrunklineError {
  return new TrunklineError("not_found", `None of your devices has the id ${subscriptionId}`);
}

/** What its user may know: nothing that could be sent to. */
function toSubscription(stored: StoredPushSubscription): PushSubscription {
  const { id, device, createdAt, lastSuccessAt, lastFailureAt, failure } = stored;
  return { id, device, createdAt, lastSuccessAt, lastFailureAt, failure };
}
