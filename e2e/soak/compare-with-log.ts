import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "@playwright/test";
import type { TrunklineClient } from "@trunkline/client";
import { applyEvents, emptySessionView } from "@trunkline/contract/session-view";

/** How long the page may take to have what the log has, in ms: it may be waiting to connect again. */
const PATIENCE_MS = 60_000;
const LOOK_MS = 250;
/** Events of the log that are read, from its end: more than a screen shows. */
const NEWEST = 400;

interface ShownRow {
  index: number;
  seq: number;
  /** The answer that it shows; null: it shows none, or one that was cut off and repeated. */
  answer: string | null;
}

/**
 * Waits until the answers that the page shows of a session are those at the end of its log: each whole and once, in order, none missing
 * between the first that is shown and the last that there is. Each token has its own time in it, so no two answers are the same.
 *
 * @returns how many were compared, and what still differed in the end
 */
export async function compareWithLog(
  page: Page,
  client: TrunklineClient,
  sessionId: string,
): Promise<{ compared: number; problems: string[] }> {
  const { events } = await client.session.events.query({
    sessionId,
    before: Number.MAX_SAFE_INTEGER,
    limit: NEWEST,
  });
  const { rows } = applyEvents(emptySessionView(), events);
  const logged = rows.flatMap((row) =>
    row.kind === "text" && row.state === "ended" ? [plain(row.text)] : [],
  );
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const shown = await shownRows(page);
    const problems = [...misplaced(shown), ...differences(answersOf(shown), logged)];
    if (problems.length === 0) return { compared: answersOf(shown).length, problems };
    if (performance.now() > until) return { compared: 0, problems };
    await delay(LOOK_MS);
  }
}

/** What a frame shows, read at once. */
async function shownRows(page: Page): Promise<ShownRow[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("[role=log] [data-index][id]")]
      .map((row) => {
        const text = [...row.querySelectorAll(".prose-block > p")].map((part) => part.textContent).join(" ");
        const isCutOff = row.textContent.startsWith("Interrupted");
        return {
          index: Number(row.dataset["index"]),
          seq: Number(row.id.slice("e-".length)),
          answer: text === "" || isCutOff ? null : text,
        };
      })
      .toSorted((a, b) => a.index - b.index),
  );
}

const answersOf = (shown: readonly ShownRow[]): string[] =>
  shown.flatMap(({ answer }) => (answer === null ? [] : [plain(answer)]));

/** Rows are in the log's order, and the list has none left out. */
function misplaced(shown: readonly ShownRow[]): string[] {
  return shown.flatMap(({ index, seq }, place) => {
    const before = shown[place - 1];
    if (before === undefined || (index === before.index + 1 && seq > before.seq)) return [];
    return [`row ${index} (event ${seq}) follows row ${before.index} (event ${before.seq})`];
  });
}

/** @param logged ended answers of the log, which may have others since */
function differences(shown: readonly string[], logged: readonly string[]): string[] {
  const last = logged.at(-1);
  if (last === undefined) return [];
  const [first] = shown;
  if (first === undefined) return ["no answer is shown"];
  const from = logged.indexOf(first);
  if (from === -1) return [`the first answer shown is not in the log: ${first}`];
  const expected = logged.slice(from);
  const place = expected.findIndex((answer, index) => answer !== shown[index]);
  if (place !== -1) return [`shown is ${shown[place] ?? "nothing"} where the log has ${expected[place]}`];
  const later = shown.slice(expected.length);
  return later.some((answer) => logged.includes(answer)) ? ["an answer is shown twice"] : [];
}

const plain = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
