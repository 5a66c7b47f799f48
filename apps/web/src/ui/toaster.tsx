import { X } from "lucide-react";
import { AppLink } from "../navigation/app-link.tsx";
import { Toast } from "radix-ui";
import { type RefObject, useEffect, useRef } from "react";
import { useStore } from "zustand";
import { isPageHidden } from "../network/page-visibility.ts";
import { Button, buttonClass } from "./button.tsx";
import { afterSeenFor } from "./shown-time.ts";
import { dismissToast, type ToastMessage, toasts } from "./toasts.ts";

/** How long they stay, in ms: short notes, and those to read or follow. */
const SHORT_MS = 5_000;
const LONG_MS = 15_000;

/**
 * Short messages at the edge of the screen. Radix, not sonner: sonner inserts a style element, which the content policy
 * blocks.
 */
export function Toaster() {
  const shown = useStore(toasts);
  const viewport = useRef<HTMLOListElement>(null);
  return (
    <Toast.Provider duration={Infinity} swipeDirection="right">
      {shown.map((message) => (
        <Note key={message.id} {...message} viewport={viewport} />
      ))}
      <Toast.Viewport
        ref={viewport}
        className="fixed top-13 right-4 z-60 flex w-90 max-w-[calc(100vw-32px)] flex-col gap-2 outline-none"
      />
    </Toast.Provider>
  );
}

/** Whether somebody may look at the page, and is not just about to use what is in these notes, which then stay. */
function isPassing(viewport: Element | null): boolean {
  if (isPageHidden() || !document.hasFocus() || viewport?.matches(":focus-within") === true) return false;
  // On a touch screen, what was tapped last counts as pointed at.
  return viewport?.matches(":hover") !== true || !window.matchMedia("(hover: hover)").matches;
}

interface NoteProps extends ToastMessage {
  viewport: RefObject<HTMLElement | null>;
}

function Note({ id, text, detail, link, action, level, viewport }: NoteProps) {
  const ms = level === "error" || link !== undefined || action !== undefined ? LONG_MS : SHORT_MS;
  // Radix counts by the clock, and for a page that is hidden already as well.
  useEffect(
    () =>
      afterSeenFor(
        ms,
        () => isPassing(viewport.current),
        () => dismissToast(id),
      ),
    [id, ms, viewport],
  );
  return (
    <Toast.Root
      type={level === "error" ? "foreground" : "background"}
      onOpenChange={(open) => {
        if (!open) dismissToast(id);
      }}
      className="flex animate-appear items-start gap-2 rounded-lg border border-line bg-background py-2.5 pr-1.5 pl-3.5 shadow-float"
    >
      <div className="min-w-0 grow">
        <Toast.Title
          className={level === "error" ? "text-sm font-medium text-failed" : "text-sm font-medium"}
        >
          {text}
        </Toast.Title>
        {detail !== undefined && (
          <Toast.Description className="text-sm break-words text-muted">{detail}</Toast.Description>
        )}
      </div>
      {link !== undefined && (
        <Toast.Action asChild altText={link.label}>
          <AppLink href={link.href} className={buttonClass("plain", "small")}>
            {link.label}
          </AppLink>
        </Toast.Action>
      )}
      {action !== undefined && (
        <Toast.Action asChild altText={action.label}>
          <Button size="small" onClick={action.run}>
            {action.label}
          </Button>
        </Toast.Action>
      )}
      <Toast.Close
        aria-label="Dismiss"
        className="flex size-6 shrink-0 items-center justify-center rounded-md text-faint hover:bg-hover hover:text-text"
      >
        <X aria-hidden className="size-3.5" />
      </Toast.Close>
    </Toast.Root>
  );
}
