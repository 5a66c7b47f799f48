import { Dialog } from "radix-ui";
import { usePath } from "../navigation/use-path.ts";
import { useEffect, useRef } from "react";
import { closeOverlay } from "../ui/overlays.ts";
import { Rail } from "./rail.tsx";

/** The rail on narrow screens. */
export function RailDrawer() {
  const path = usePath();
  const openedAt = useRef(path);
  useEffect(() => {
    if (path !== openedAt.current) closeOverlay();
  }, [path]);
  return (
    <Dialog.Root
      open
      onOpenChange={(next) => {
        if (!next) closeOverlay();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-[oklch(0.1_0_0/0.4)] md:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 w-75 max-w-[85vw] animate-slide-left border-r border-line bg-rail outline-none md:hidden"
        >
          <Dialog.Title className="sr-only">Sessions</Dialog.Title>
          <Rail />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
