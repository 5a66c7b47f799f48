import { fetchWithKey } from "../auth/page-key.ts";
import { showToast } from "../ui/toasts.ts";
import { placed } from "../navigation/base-path.ts";

export const fileAddress = (sessionId: string, path: string): string =>
  `/api/sessions/${sessionId}/files/${encodeURIComponent(path)}`;

export const archiveAddress = (sessionId: string): string => `/api/sessions/${sessionId}/archive`;

/**
 * Saves what an address of the API answers. A plain link could not: it would be sent without the page's key.
 *
 * @param address path of the server
 * @param name for the saved file, unless the server gives one
 */
export async function download(address: string, name: string): Promise<void> {
  try {
    const response = await fetchWithKey(placed(address));
    if (!response.ok) throw new Error(await messageOf(response));
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement("a");
    link.href = url;
    link.download = nameOf(response) ?? name;
    link.click();
    // The browser has begun to save it by then.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  } catch (error) {
    const detail = error instanceof TypeError ? "The server can't be reached." : (error as Error).message;
    showToast(`Couldn't download ${name}`, { detail, level: "error" });
  }
}

async function messageOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { error?: { message?: unknown } } | null;
  const message = body?.error?.message;
  return typeof message === "string" ? message : `The server answered ${response.status}.`;
}

/** RFC 6266: UTF-8 where ASCII is not enough. */
function nameOf(response: Response): string | null {
  const header = response.headers.get("content-disposition") ?? "";
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(header)?.[1];
  try {
    return encoded === undefined
      ? (/filename="([^"]+)"/i.exec(header)?.[1] ?? null)
      : decodeURIComponent(encoded);
  } catch {
    return null;
  }
}
