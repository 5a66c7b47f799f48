import { AlertDialog } from "radix-ui";
import { useStore } from "zustand";
import { Button } from "./button.tsx";
import { confirmation } from "./confirmation.ts";

/** The open question, if there is one. The focus is on Cancel; only a press of the button itself confirms. */
export function ConfirmationDialog() {
  const asked = useStore(confirmation);
  if (asked === null) return null;
  return (
    <AlertDialog.Root
      open
      onOpenChange={(open) => {
        if (!open) asked.answer(false);
      }}
    >
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-50 animate-appear bg-[oklch(0.1_0_0/0.4)]" />
        <AlertDialog.Content className="fixed top-[18dvh] left-1/2 z-60 max-h-[70dvh] w-110 max-w-[calc(100vw-24px)] -translate-x-1/2 animate-appear overflow-y-auto rounded-xl border border-line bg-background p-4 shadow-float outline-none">
          <AlertDialog.Title className="font-medium break-words">{asked.title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-1 text-sm break-words text-muted">
            {asked.detail}
          </AlertDialog.Description>
          {asked.items !== undefined && (
            <ul className="mt-2 list-disc pl-5 text-sm break-words">
              {asked.items.map((item) => (
                <li key={item}>{item}</li>
              ))}
            </ul>
          )}
          <div className="mt-4 flex flex-wrap justify-end gap-2">
            <AlertDialog.Cancel asChild>
              <Button>Cancel</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button look="danger" onClick={() => asked.answer(true)}>
                {asked.action}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
