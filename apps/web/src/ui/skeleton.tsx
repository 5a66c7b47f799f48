import { clsx } from "clsx";

/** A grey place for what is still being loaded; it takes the room that the thing itself will. */
export function Skeleton({ className }: { className: string }) {
  return <div aria-hidden className={clsx("animate-pulse-soft rounded-md bg-hover", className)} />;
}
