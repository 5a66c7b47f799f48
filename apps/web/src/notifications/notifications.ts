import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { navigate } from "../navigation/navigate.ts";
import { readStored, writeStored } from "../text/stored.ts";
import type { Notice } from "./session-notices.ts";

const KEY = "trunkline:notifications";

/**
 * `unavailable`: the browser has none for this address (they take HTTPS or localhost). `blocked`: its settings refuse them here.
 * A choice of this browser, because the permission is.
 */
export type NotificationState = "unavailable" | "blocked" | "off" | "on";

const state = createStore<NotificationState>(() => "unavailable");

export const useNotificationState = (): NotificationState => useStore(state);
export const notificationsOn = (): boolean => state.getState() === "on";

function look(): void {
  const isAvailable = "Notification" in window && "serviceWorker" in navigator && window.isSecureContext;
  if (!isAvailable) return state.setState("unavailable", true);
  if (Notification.permission === "denied") return state.setState("blocked", true);
  const isOn = readStored(KEY) === true && Notification.permission === "granted";
  return state.setState(isOn ? "on" : "off", true);
}

/** Asks the browser for permission, which shows its question. */
export async function turnNotifications(on: boolean): Promise<void> {
  if (on) await Notification.requestPermission();
  writeStored(KEY, on ? true : null);
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

/** Follows the choice made in other tabs, and goes where a click on a notification leads. @returns a function that stops it */
export function watchNotifications(): () => void {
  look();
  const page = new AbortController();
  const { signal } = page;
  window.addEventListener("storage", look, { signal });
  // The permission may have been changed in the browser's settings meanwhile.
  window.addEventListener("focus", look, { signal });
  if ("serviceWorker" in navigator) {
    const onMessage = (event: MessageEvent): void => {
      const { open } = event.data as { open?: unknown };
      if (typeof open === "string") navigate(open);
    };
    navigator.serviceWorker.addEventListener("message", onMessage, { signal });
  }
  return () => page.abort();
}
