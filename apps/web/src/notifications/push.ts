import { isApiError } from "@trunkline/client";
import { apiClient } from "../api/api-client.ts";
import { readStored, writeStored } from "../text/stored.ts";
import { deviceName } from "./device-name.ts";

const KEY = "trunkline:push";

/** This browser, as the server and the push service know it. */
interface Subscribed {
  id: string;
  endpoint: string;
}

/** Push is not to be had here; the message is for the person. */
export class PushUnavailableError extends Error {
  override readonly name = "PushUnavailableError";
}

export function subscribedHere(): Subscribed | null {
  const known = readStored(KEY) as Partial<Subscribed> | null;
  return typeof known?.id === "string" && typeof known.endpoint === "string"
    ? { id: known.id, endpoint: known.endpoint }
    : null;
}

/** Subscribes this browser. @throws PushUnavailableError, or what calls of the API throw */
export async function subscribePush(): Promise<void> {
  const { publicKey } = await apiClient.push.list.query();
  if (publicKey === null) throw new PushUnavailableError("push is turned off on this server");
  await announce(await browserSubscription(publicKey), { renew: false });
}

export async function unsubscribePush(): Promise<void> {
  const known = subscribedHere();
  writeStored(KEY, null);
  await (await manager())?.getSubscription().then((subscription) => subscription?.unsubscribe());
  // It may have been removed already. Whatever else keeps the server from it: what is sent to this browser now is refused.
  if (known !== null) await apiClient.push.unsubscribe.mutate({ subscriptionId: known.id }).catch(() => {});
}

/**
 * Keeps a subscribed browser subscribed: after another sign-in, with another key of the server, or with another address of the
 * browser's push service. @returns false if it was removed, or the browser has dropped it
 */
export async function renewPush(): Promise<boolean> {
  const known = subscribedHere();
  if (known === null) return true;
  const { publicKey, items } = await apiClient.push.list.query();
  if (publicKey === null) return true;
  const current = (await (await manager())?.getSubscription()) ?? null;
  if (!items.some(({ id }) => id === known.id)) return current !== null && renewed(current);
  if (current?.endpoint === known.endpoint && hasKey(current, publicKey)) return true;
  await announce(await browserSubscription(publicKey), { renew: false });
  const now = subscribedHere();
  if (now?.id !== known.id)
    await apiClient.push.unsubscribe.mutate({ subscriptionId: known.id }).catch(() => {});
  return true;
}

async function renewed(subscription: PushSubscription): Promise<boolean> {
  try {
    await announce(subscription, { renew: true });
    return true;
  } catch (error) {
    if (!isApiError(error, "not_found")) throw error;
    writeStored(KEY, null);
    await subscription.unsubscribe();
    return false;
  }
}

async function announce(subscription: PushSubscription, { renew }: { renew: boolean }): Promise<void> {
  const { endpoint = "", keys: { p256dh = "", auth = "" } = {} } = subscription.toJSON();
  const device = deviceName(navigator.userAgent);
  const { id } = await apiClient.push.subscribe.mutate({ endpoint, keys: { p256dh, auth }, device, renew });
  writeStored(KEY, { id, endpoint });
}

/** @throws PushUnavailableError */
async function browserSubscription(publicKey: string): Promise<PushSubscription> {
  const push = await manager();
  if (push === null) throw new PushUnavailableError("this browser has no push");
  try {
    const known = await push.getSubscription();
    if (known !== null && hasKey(known, publicKey)) return known;
    await known?.unsubscribe();
    return await push.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  } catch {
    throw new PushUnavailableError("this browser's push service can't be reached");
  }
}

function hasKey({ options }: PushSubscription, publicKey: string): boolean {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer());
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === publicKey;
}

/** Null where there is no worker (in development), or the browser has no push. */
async function manager(): Promise<PushManager | null> {
  const registration = await navigator.serviceWorker.getRegistration();
  if (registration === undefined || !("pushManager" in registration)) return null;
  return (await navigator.serviceWorker.ready).pushManager;
}
