import type { KeyboardEvent } from "react";
import type { LineSelection } from "./line-selection.ts";
import { lineOf } from "./use-line-drag.ts";

/** With a line's number focused: arrows move, ⇧ with them selects, Enter comments, Esc gives the selection up. */
export function lineKeys(
  selection: LineSelection | null,
  setSelection: (next: LineSelection | null) => void,
) {
  return {
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      const { target, key, currentTarget } = event;
      if (!(target instanceof HTMLElement) || !("gutter" in target.dataset)) return;
      const line = lineOf(target);
      if (line === null) return;
      if (key === "Escape" && selection !== null) {
        event.preventDefault();
        setSelection(null);
        return;
      }
      const by = { ArrowDown: 1, ArrowUp: -1 }[key];
      if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const all = [
        ...currentTarget.querySelectorAll<HTMLElement>(`[data-side="${line.side}"] [data-gutter]`),
      ];
      const next = all[all.indexOf(target) + by];
      const to = lineOf(next ?? null);
      if (next === undefined || to === null) return;
      next.focus();
      if (!event.shiftKey) setSelection(null);
      else setSelection({ from: selection?.from ?? line.place, to: to.place, side: line.side });
    },
  };
}
