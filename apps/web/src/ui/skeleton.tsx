import { clsx } from "clsx";

/** A grey placeholder with the size of what is being loaded. */
export function Skeleton({ className }: { className: string }) {
  return <div aria-hidden className={clsx("animate-pulse-soft rounded-md bg-hover", className)} />;
}
