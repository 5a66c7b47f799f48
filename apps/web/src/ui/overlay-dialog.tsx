import { clsx } from "clsx";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";
import { closeOverlay } from "./overlays.ts";

/** A dialog near the top of the page, for as long as it is the open overlay. */
export function OverlayDialog({ className, children }: { className: string; children: ReactNode }) {
  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open) closeOverlay();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-[oklch(0.1_0_0/0.4)]" />
        <Dialog.Content
          aria-describedby={undefined}
          className={clsx(
            "fixed top-[12dvh] left-1/2 z-50 max-w-[calc(100vw-24px)] -translate-x-1/2 animate-appear rounded-xl border border-line bg-background shadow-float outline-none",
            className,
          )}
        >
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
