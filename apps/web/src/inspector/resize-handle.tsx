import { useRef } from "react";
import { MIN_INSPECTOR_WIDTH, useInspector } from "./inspector-state.ts";

/** Pixels per key press. */
const KEY_STEP = 32;

/** The inspector's left edge: dragged, or moved by arrow keys, up to half of the window. */
export function ResizeHandle() {
  const { width, resize } = useInspector();
  const drag = useRef<{ x: number; width: number } | null>(null);
  const most = typeof window === "undefined" ? width : Math.floor(window.innerWidth / 2);
  const to = (next: number): void => resize(Math.min(next, most));
  return (
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- one that can be moved is a control (ARIA); `hr` is none
      role="separator"
      tabIndex={0}
      aria-label="Inspector width"
      aria-orientation="vertical"
      aria-valuenow={Math.min(width, most)}
      aria-valuemin={MIN_INSPECTOR_WIDTH}
      aria-valuemax={most}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { x: event.clientX, width: Math.min(width, most) };
      }}
      onPointerMove={(event) => {
        if (drag.current !== null) to(drag.current.width + drag.current.x - event.clientX);
      }}
      onPointerUp={() => {
        drag.current = null;
      }}
      onPointerCancel={() => {
        drag.current = null;
      }}
      onDoubleClick={() => to(most)}
      onKeyDown={(event) => {
        const by = { ArrowLeft: KEY_STEP, ArrowRight: -KEY_STEP }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        to(Math.min(width, most) + by);
      }}
      className="absolute inset-y-0 -left-1 z-10 w-2 cursor-col-resize touch-none outline-none after:absolute after:inset-y-0 after:left-1 after:w-px after:transition-colors hover:after:bg-accent focus-visible:after:w-0.5 focus-visible:after:bg-accent"
    />
  );
}
