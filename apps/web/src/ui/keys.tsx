import { clsx } from "clsx";

/** Keys separated by spaces: `⌘ K`. */
export function Keys({ keys, inverted = false }: { keys: string; inverted?: boolean }) {
  return (
    <span className="inline-flex gap-0.5">
      {keys.split(" ").map((key) => (
        <kbd
          key={key}
          className={clsx(
            "min-w-4.5 rounded-[4px] px-1 text-center font-sans text-[11px] leading-4.5 font-medium",
            inverted ? "bg-on-primary/18" : "border border-line bg-surface leading-4 text-muted",
          )}
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
