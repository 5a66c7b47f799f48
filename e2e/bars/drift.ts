import type { Page } from "@playwright/test";

const LOOKS = 90;

/**
 * Goes to the top of what is loaded, so that older rows are put before it, and looks at one visible row in every frame.
 *
 * @returns the farthest that it was painted from where it was, in px
 */
export async function driftOfRows(page: Page): Promise<number> {
  return page.evaluate(
    (looks) =>
      new Promise<number>((resolve) => {
        const log = document.querySelector("[role=log]");
        if (log === null) throw new Error("there is no transcript");
        const idOfRow = (): string => {
          const { top } = log.getBoundingClientRect();
          const row = [...log.querySelectorAll("[data-index][id]")].find(
            (each) => each.getBoundingClientRect().top >= top + 100,
          );
          if (row === undefined) throw new Error("no row is visible");
          return row.id;
        };
        const placeOf = (id: string): number =>
          document.getElementById(id)?.getBoundingClientRect().top ?? Number.NaN;
        let first: { id: string; place: number } | null = null;
        let worst = 0;
        let left = looks;
        log.scrollTop = 600;
        const look = (): void => {
          left -= 1;
          // Measuring the rows that scrolling brought in has its own frames.
          if (left === looks - 10) {
            const id = idOfRow();
            first = { id, place: placeOf(id) };
          }
          if (first !== null) {
            const moved = Math.abs(placeOf(first.id) - first.place);
            worst = Math.max(worst, Number.isNaN(moved) ? Infinity : moved);
          }
          if (left > 0) requestAnimationFrame(look);
          else resolve(Math.round(worst));
        };
        requestAnimationFrame(look);
      }),
    LOOKS,
  );
}
