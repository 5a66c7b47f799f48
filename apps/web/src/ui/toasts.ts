import { createStore } from "zustand/vanilla";

export interface ToastMessage {
  id: number;
  text: string;
  detail?: string;
  /** The UI page that it is about. */
  link?: { label: string; href: string };
  /** What takes it back. */
  action?: { label: string; run: () => void };
  level: "info" | "error";
}

/** More at once would cover the page, and none would be read. */
const MAX_SHOWN = 3;
let lastId = 0;

export const toasts = createStore<readonly ToastMessage[]>(() => []);

export function showToast(
  text: string,
  { detail, link, action, level = "info" }: Partial<ToastMessage> = {},
): void {
  lastId += 1;
  const message = { id: lastId, text, detail, link, action, level };
  toasts.setState((shown) => {
    if (shown.length < MAX_SHOWN) return [...shown, message];
    // One that can be acted on goes last.
    const oldest = shown.find((one) => one.action === undefined && one.link === undefined) ?? shown[0];
    return [...shown.filter((one) => one !== oldest), message];
  }, true);
}

export function dismissToast(id: number): void {
  toasts.setState((shown) => shown.filter((message) => message.id !== id), true);
}
