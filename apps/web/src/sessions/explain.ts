import { isConnectionError } from "../network/network.ts";
import { showToast } from "../ui/toasts.ts";

/** Says what failed, and why. */
export const explain = (what: string, error: unknown): void =>
  showToast(`Couldn't ${what}`, {
    detail: isConnectionError(error) ? "You're offline." : (error as Error).message,
    level: "error",
  });
