import { X } from "lucide-react";
import { AppLink } from "../navigation/app-link.tsx";
import { Toast } from "radix-ui";
import { useStore } from "zustand";
import { Button, buttonClass } from "./button.tsx";
import { dismissToast, toasts } from "./toasts.ts";

/** How long they stay, in ms: short notes, and those to read or follow. */
const SHORT_MS = 5_000;
const LONG_MS = 15_000;

/**
 * Short messages at the edge of the screen. Radix, not sonner: sonner inserts a style element, which the content policy
 * blocks.
 */
export function Toaster() {
  const shown = useStore(toasts);
  return (
    <Toast.Provider duration={SHORT_MS} swipeDirection="right">
      {shown.map(({ id, text, detail, link, action, level }) => (
        <Toast.Root
          key={id}
          type={level === "error" ? "foreground" : "background"}
          duration={level === "error" || link !== undefined || action !== undefined ? LONG_MS : SHORT_MS}
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
      ))}
      <Toast.Viewport className="fixed top-13 right-4 z-60 flex w-90 max-w-[calc(100vw-32px)] flex-col gap-2 outline-none" />
    </Toast.Provider>
  );
}
