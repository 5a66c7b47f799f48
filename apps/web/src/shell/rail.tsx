import { Search, Settings, SquarePen } from "lucide-react";
import { AppLink } from "../navigation/app-link.tsx";
import { usePath } from "../navigation/use-path.ts";
import { clsx } from "clsx";
import { useModifierKey } from "../keys/modifier-key.ts";
import { SessionList } from "../sessions/session-list.tsx";
import { Keys } from "../ui/keys.tsx";
import { openOverlay } from "../ui/overlays.ts";
import { Wordmark } from "./wordmark.tsx";

const ENTRY =
  "flex h-8 w-full items-center gap-2.5 rounded-md px-2 text-sm text-muted transition-colors hover:bg-hover hover:text-text max-md:h-10";

/** New session, search, session list, settings. */
export function Rail() {
  const path = usePath();
  const modifier = useModifierKey();
  const isApple = modifier === "⌘";
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-11 shrink-0 items-center px-4">
        <AppLink href="/" className="-ml-1 rounded-md px-1">
          <Wordmark />
        </AppLink>
      </div>
      <div className="px-2 pb-2">
        <AppLink
          href="/"

          aria-current={path === "/" ? "page" : undefined}
          className={clsx(ENTRY, path === "/" && "bg-selected text-text")}
        >
          <SquarePen aria-hidden className="size-4" strokeWidth={1.75} />
          <span className="grow">New task</span>
          <Keys keys={isApple ? "⌥ C" : "Alt C"} />
        </AppLink>
        <button type="button" className={ENTRY} onClick={() => openOverlay("palette")}>
          <Search aria-hidden className="size-4" strokeWidth={1.75} />
          <span className="grow text-left">Search</span>
          <Keys keys={`${modifier} K`} />
        </button>
      </div>
      <SessionList />
      <div className="border-t border-line p-2">
        <AppLink
          href="/settings"

          aria-current={path === "/settings" ? "page" : undefined}
          className={clsx(ENTRY, path === "/settings" && "bg-selected text-text")}
        >
          <Settings aria-hidden className="size-4" strokeWidth={1.75} />
          Settings
        </AppLink>
      </div>
    </div>
  );
}
