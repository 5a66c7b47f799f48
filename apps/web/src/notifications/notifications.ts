import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { currentPath, navigate } from "../navigation/navigate.ts";
import { readStored, writeStored } from "../text/stored.ts";
import type { Notice } from "./session-notices.ts";

const KEY = "trunkline:notifications";

/**
 * `unavailable`: the browser has none. `insecure`: not for this address (they take HTTPS or localhost). `not-installed`: only for an
 * app on the Home Screen. `blocked`: its settings refuse them here. A choice of this browser, because the permission is.
 */
export type NotificationState = "unavailable" | "insecure" | "not-installed" | "blocked" | "off" | "on";

interface Notifications {
  state: NotificationState;
  /** Where they are on: why they come only while a page is open; null: they come anyway. */
  withoutPush: string | null;
}

const store = createStore<Notifications>(() => ({ state: "unavailable", withoutPush: null }));

export const useNotifications = (): Notifications => useStore(store);
export const notificationsOn = (): boolean => store.getState().state === "on";

function look(): void {
  store.setState({ state: stateHere() });
}

function stateHere(): NotificationState {
  if (!window.isSecureContext) return "insecure";
  if (!("Notification" in window && "serviceWorker" in navigator)) {
    // Safari on iPhone and iPad alone has this, and notifications only in what was installed.
    return "standalone" in navigator && navigator.standalone !== true ? "not-installed" : "unavailable";
  }
  if (Notification.permission === "denied") return "blocked";
  return readStored(KEY) === true && Notification.permission === "granted" ? "on" : "off";
}

/** Asks the browser for permission, which shows its question; then has the server reach this browser by push, where that can be had. */
export async function turnNotifications(on: boolean): Promise<void> {
  if (on) await Notification.requestPermission();
  writeStored(KEY, on ? true : null);
  look();
  const push = await import("./push.ts");
  if (!on) return push.unsubscribePush();
  if (!notificationsOn()) return undefined;
  try {
    await push.subscribePush();
    store.setState({ withoutPush: null });
  } catch (error) {
    if (!(error instanceof push.PushUnavailableError)) throw error;
    store.setState({ withoutPush: error.message });
  }
}

/** Once the page is at rest. Who turned notifications on before there was push gets it as well. */
async function keepPush(): Promise<void> {
  if (!notificationsOn()) return;
  const push = await import("./push.ts");
  if (push.subscribedHere() === null) return turnNotifications(true);
  if (await push.renewPush()) return;
  writeStored(KEY, null);
  look();
}

/**
 * Has the worker show it (public/offline-worker.js), which knows whether any tab is visible.
 *
 * @param options.always also if one is
 */
export async function notify(notice: Notice, { always = false }: { always?: boolean } = {}): Promise<void> {
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ notice: { ...notice, always } });
}

/** How long the page is left alone first, in ms. */
const REST_MS = 5_000;

/**
 * Follows the choice made in other tabs, tells the worker what this page shows, and goes where a click on a notification leads.
 * @returns a function that stops it
 */
export function watchNotifications(): () => void {
  look();
  const page = new AbortController();
  const { signal } = page;
  window.addEventListener("storage", look, { signal });
  // The permission may have been changed in the browser's settings meanwhile.
  window.addEventListener("focus", look, { signal });
  if ("serviceWorker" in navigator) {
    const onMessage = (event: MessageEvent): void => {
      const { open, asksPath } = event.data as { open?: unknown; asksPath?: unknown };
      if (typeof open === "string") navigate(open);
      if (asksPath === true) event.ports[0]?.postMessage(currentPath());
    };
    navigator.serviceWorker.addEventListener("message", onMessage, { signal });
  }
  // Without the network, or signed out, it is tried with the next page.
  const timer = setTimeout(() => void keepPush().catch(() => {}), REST_MS);
  signal.addEventListener("abort", () => clearTimeout(timer));
  return () => page.abort();
}
