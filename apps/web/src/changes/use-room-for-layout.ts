import { type RefObject, useEffect, useState } from "react";
import { useInspector } from "../inspector/inspector-state.ts";
import { type DiffLayout, useDiffLayout } from "./diff-layout.ts";

/** Two columns need this much, in px. */
const MIN_SPLIT_WIDTH = 560;

/** The wanted layout of diffs, and the one that there is room for. Asking for two columns widens the inspector. */
export function useRoomForLayout(frame: RefObject<HTMLElement | null>) {
  const [wanted, want] = useDiffLayout();
  const { width, resize } = useInspector();
  const [hasRoom, setHasRoom] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setHasRoom(element.clientWidth >= MIN_SPLIT_WIDTH));
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  const layout: DiffLayout = wanted === "split" && hasRoom ? "split" : "unified";
  return {
    layout,
    isSplit: layout === "split",
    setIsSplit(isSplit: boolean) {
      want(isSplit ? "split" : "unified");
      if (isSplit && !hasRoom) resize(Math.max(width, Math.floor(window.innerWidth / 2)));
    },
  };
}
