import { type MouseEvent, type PointerEvent, useRef } from "react";
import type { LineSelection, LineSide } from "./line-selection.ts";

interface Selecting {
  selection: LineSelection | null;
  setSelection: (next: LineSelection | null) => void;
  /** Begins a comment. */
  begin: (chosen: LineSelection) => void;
}

/** The line of a gutter's button; null: it is something else. */
export function lineOf(target: EventTarget | null): { place: number; side: LineSide } | null {
  if (!(target instanceof Element)) return null;
  const line = target.closest<HTMLElement>("[data-line]");
  if (line === null) return null;
  return { place: Number(line.dataset["line"]), side: (line.dataset["side"] ?? "both") as LineSide };
}

const isGutter = (target: EventTarget): boolean =>
  target instanceof Element && target.closest("[data-gutter]") !== null;

/** With the mouse: a click on the numbers of a line comments on it, a drag on all that it passes. */
export function useLineDrag({ selection, setSelection, begin }: Selecting) {
  const drawn = useRef<LineSelection | null>(null);
  return {
    onPointerDown(event: PointerEvent) {
      // A finger scrolls.
      if (event.button !== 0 || event.pointerType === "touch" || !isGutter(event.target)) return;
      const line = lineOf(event.target);
      if (line === null) return;
      const from = event.shiftKey && selection?.side === line.side ? selection.from : line.place;
      drawn.current = { from, to: line.place, side: line.side };
      setSelection(drawn.current);
    },
    onPointerMove(event: PointerEvent) {
      if (drawn.current === null) return;
      const line = lineOf(document.elementFromPoint(event.clientX, event.clientY));
      if (line === null || line.side !== drawn.current.side || line.place === drawn.current.to) return;
      if (!event.currentTarget.contains(document.elementFromPoint(event.clientX, event.clientY))) return;
      drawn.current = { ...drawn.current, to: line.place };
      setSelection(drawn.current);
    },
    onPointerUp() {
      const chosen = drawn.current;
      drawn.current = null;
      if (chosen !== null) begin(chosen);
    },
    onPointerCancel() {
      drawn.current = null;
      setSelection(null);
    },
    /** By finger, key or a screen reader; the mouse has begun it already. */
    onClick(event: MouseEvent) {
      if (!isGutter(event.target)) return;
      const { pointerType } = event.nativeEvent as globalThis.PointerEvent;
      const line = lineOf(event.target);
      if (line === null || (event.detail > 0 && pointerType !== "touch")) return;
      const isDrawn = selection !== null && selection.side === line.side && selection.to === line.place;
      begin(isDrawn ? selection : { from: line.place, to: line.place, side: line.side });
    },
  };
}
