import type { SessionEvent } from "@trunkline/contract";
import { PAGE_KEY_HEADER } from "../auth/page-key.ts";
import { PAGE_KEY_ITEM } from "../auth/page-user.ts";
import { BASE_PATH } from "../navigation/base-path.ts";
import { EARLY_ROWS_ID, type EarlySession, END, FIRST_PAGE_SIZE } from "./early-session.ts";

interface Settings {
  basePath: string;
  keyItem: string;
  keyHeader: string;
  placeId: string;
  limit: number;
  end: number;
}

/**
 * Asks for the session of the address and shows its newest text, while the app is still loading. The page itself cannot
 * have it: its request carries only the cookie, and the cookie alone opens nothing.
 *
 * It is sent as its own source, so it must not refer to anything outside of it.
 */
function start({ basePath, keyItem, keyHeader, placeId, limit, end }: Settings): void {
  const sessionId = /^\/s\/([^/]+)$/.exec(location.pathname.slice(basePath.length))?.[1];
  const pageState = globalThis as { earlySession?: EarlySession; pageKey?: string };
  let key = pageState.pageKey;
  try {
    key = localStorage.getItem(keyItem) ?? key;
  } catch {
    // The sign-in holds for this page.
  }
  if (sessionId === undefined || key === undefined) return;

  const element = (name: string, className: string, text = ""): HTMLElement => {
    const made = document.createElement(name);
    made.className = className;
    made.dir = "auto";
    // oxlint-disable-next-line no-control-regex -- as in prose (text/reveal-hidden.ts)
    made.textContent = text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]+/g, "");
    return made;
  };
  /** Prompts and the model's text; for everything else, its place. */
  const rowsOf = (events: readonly SessionEvent[]): HTMLElement => {
    const prompts = new Map<string | null, string>();
    const blocks = new Map<string, { text: string }>();
    const rows: ({ prompt: string } | { text: string } | { className: string })[] = [];
    for (const { type, taskId, data } of events) {
      if (type === "task.submitted") prompts.set(taskId, data.prompt);
      else if (type === "task.started" && data.attempt === 1)
        rows.push({ prompt: prompts.get(taskId) ?? "" });
      else if (type === "text.delta" || type === "text.ended") {
        const known = blocks.get(data.blockId);
        const block = known ?? { text: "" };
        block.text = type === "text.ended" ? data.text : block.text + data.text;
        blocks.set(data.blockId, block);
        if (known === undefined) rows.push(block);
      } else if (type === "tool.called") rows.push({ className: "my-2.5 h-4 w-1/2 rounded-md bg-hover" });
      else if (type === "task.completed") rows.push({ className: "h-12" });
    }
    const all = element("div", "flex flex-col");
    for (const row of rows.slice(-12)) {
      if ("prompt" in row) {
        const card = element("div", "mt-3 mb-4 rounded-lg bg-surface px-3.5 py-2.5");
        card.append(element("p", "break-words whitespace-pre-wrap", row.prompt.slice(0, 1_200)));
        all.append(card);
      } else if ("text" in row) {
        // Without the marks that will not be seen either.
        const plain = row.text.slice(-6_000).replaceAll(/^#{1,6} |\*\*|`/gm, "");
        all.append(element("p", "py-1.5 break-words whitespace-pre-wrap", plain.trim()));
      } else all.append(element("div", row.className));
    }
    return all;
  };

  const input = JSON.stringify({ 0: { sessionId }, 1: { sessionId, before: end, limit } });
  const early: EarlySession = {
    sessionId,
    answers: fetch(`${basePath}/trpc/session.get,session.events?batch=1&input=${encodeURIComponent(input)}`, {
      headers: { [keyHeader]: key },
    }).then(async (answer) =>
      answer.ok ? ((await answer.json()) as Awaited<EarlySession["answers"]>) : null,
    ),
    rows: null,
  };
  pageState.earlySession = early;
  // Whoever takes the answers asks again where there are none.
  early.answers = early.answers.catch(() => null);
  void early.answers.then((answers) => {
    const read = answers?.[1]?.result?.data as { events: SessionEvent[] } | undefined;
    if (read === undefined) return;
    early.rows = rowsOf(read.events);
    const { rows } = early;
    const show = (): boolean => {
      const place = document.getElementById(placeId);
      place?.replaceChildren(rows);
      return place !== null;
    };
    if (show() || document.readyState !== "loading") return;
    // The answer came before that part of the page.
    const parsed = new MutationObserver(() => {
      if (show()) parsed.disconnect();
    });
    parsed.observe(document, { childList: true, subtree: true });
    document.addEventListener("DOMContentLoaded", () => parsed.disconnect());
  });
}

/** For the page, before everything that takes time. */
export const EARLY_SESSION_SCRIPT = `(${start.toString()})(${JSON.stringify({
  basePath: BASE_PATH,
  keyItem: PAGE_KEY_ITEM,
  keyHeader: PAGE_KEY_HEADER,
  placeId: EARLY_ROWS_ID,
  limit: FIRST_PAGE_SIZE,
  end: END,
} satisfies Settings)})`;
