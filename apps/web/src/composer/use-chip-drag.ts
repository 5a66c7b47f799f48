import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";

/** Within this distance of the list's edge, it scrolls, in px. */
const EDGE_PX = 24;

export interface ChipDrag {
  /** The chip that is being dragged, and the place that it would get; null: none is. */
  dragged: { taskId: string; place: number } | null;
  /** The CSS `order` of the chip at a place: while one is dragged over it, it makes room. */
  orderOf(place: number): number | undefined;
  /** For the handle of a chip. */
  handle(taskId: string): {
    onPointerDown(event: PointerEvent<HTMLElement>): void;
    onPointerMove(event: PointerEvent<HTMLElement>): void;
    onPointerUp(): void;
    onPointerCancel(): void;
    onKeyDown(event: KeyboardEvent): void;
  };
}

/**
 * Reorders chips by dragging a handle, or by arrow keys on it. While dragging, chips change places by CSS `order`: a
 * node that moved in the document would lose the pointer.
 *
 * @param places the task of each chip, in order
 */
export function useChipDrag(
  places: readonly (string | null)[],
  move: (taskId: string, place: number) => void,
): ChipDrag {
  const [dragged, show] = useState<ChipDrag["dragged"]>(null);
  // The button may be let go before the last move was rendered.
  const latest = useRef(dragged);
  const setDragged = (next: ChipDrag["dragged"]): void => {
    latest.current = next;
    show(next);
  };
  /** Middles of the chips when the drag began, in px from the list's content top. */
  const middles = useRef<number[]>([]);
  const end = (): void => {
    const last = latest.current;
    if (last !== null && places[last.place] !== last.taskId) move(last.taskId, last.place);
    setDragged(null);
  };
  return {
    dragged,
    orderOf(place) {
      if (dragged === null) return undefined;
      const from = places.indexOf(dragged.taskId);
      if (place === from) return dragged.place;
      if (place > from && place <= dragged.place) return place - 1;
      return place < from && place >= dragged.place ? place + 1 : place;
    },
    handle: (taskId) => ({
      onPointerDown(event) {
        const list = listOf(event);
        if (event.button !== 0 || list === null) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const top = list.getBoundingClientRect().top - list.scrollTop;
        middles.current = [...list.querySelectorAll("[data-chip]")].map((chip) => {
          const box = chip.getBoundingClientRect();
          return box.top + box.height / 2 - top;
        });
        setDragged({ taskId, place: places.indexOf(taskId) });
      },
      onPointerMove(event) {
        const list = listOf(event);
        const last = latest.current;
        if (last?.taskId !== taskId || list === null) return;
        const box = list.getBoundingClientRect();
        if (event.clientY < box.top + EDGE_PX) list.scrollTop -= EDGE_PX / 2;
        else if (event.clientY > box.bottom - EDGE_PX) list.scrollTop += EDGE_PX / 2;
        const y = event.clientY - box.top + list.scrollTop;
        const own = places.indexOf(taskId);
        const place = middles.current.filter((middle, index) => index !== own && middle < y).length;
        if (place !== last.place) setDragged({ taskId, place });
      },
      onPointerUp: end,
      onPointerCancel: () => setDragged(null),
      onKeyDown(event) {
        const place = places.indexOf(taskId);
        if (event.key === "Escape" && dragged !== null) setDragged(null);
        else if (event.key === "ArrowUp") move(taskId, place - 1);
        else if (event.key === "ArrowDown") move(taskId, place + 1);
        else return;
        event.preventDefault();
        event.stopPropagation();
      },
    }),
  };
}

const listOf = (event: PointerEvent<HTMLElement>): HTMLElement | null => event.currentTarget.closest("ol");
