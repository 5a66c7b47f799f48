import { Dialog } from "radix-ui";
import { InspectorTabs } from "./inspector-tabs.tsx";

/** The inspector as a sheet over the page; it closes on a jump to the transcript. */
export function InspectorSheet({ close, goTo }: { close: () => void; goTo: (seq: number) => void }) {
  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open) close();
      }}
    >
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-[oklch(0.1_0_0/0.4)]" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 right-0 z-50 flex w-105 max-w-full animate-slide-right flex-col border-l border-line bg-background outline-none"
        >
          <Dialog.Title className="sr-only">Inspector</Dialog.Title>
          <InspectorTabs
            goTo={(seq) => {
              close();
              goTo(seq);
            }}
          />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
