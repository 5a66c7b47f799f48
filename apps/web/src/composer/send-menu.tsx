import { ChevronDown } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useModifierKey } from "../keys/modifier-key.ts";
import { Keys } from "../ui/keys.tsx";
import type { WhenBusy } from "./when-busy.ts";

interface SendMenuProps {
  send: (how: WhenBusy) => void;
  /** Why it can't be handed to the running task; null: it can. */
  noSteer: string | null;
  /** Keeps the focus in the message box. */
  focusComposer: () => void;
}

/** The choices beside "Queue". */
export function SendMenu({ send, noSteer, focusComposer }: SendMenuProps) {
  const modifier = useModifierKey();
  const choices = [
    { how: "enqueue", label: "Queue", does: "Runs after what is queued", keys: "↵", no: null },
    {
      how: "steer",
      label: "Steer",
      does: "The agent reads it after its current call",
      keys: `${modifier} ↵`,
      no: noSteer,
    },
    {
      how: "interrupt",
      label: "Send now",
      does: "Stops the running task and starts this",
      keys: `${modifier} ⇧ ↵`,
      no: null,
    },
  ] as const;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button
          type="button"
          aria-label="Other ways to send"
          data-hint="Steer or send now"
          className="inline-flex h-7.5 w-6 shrink-0 items-center justify-center rounded-r-lg border-l border-on-primary/25 bg-primary text-on-primary transition-opacity hover:opacity-88 max-md:h-9 max-md:w-8"
        >
          <ChevronDown aria-hidden className="size-3.5" />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Content
        align="end"
        side="top"
        sideOffset={6}
        collisionPadding={8}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          focusComposer();
        }}
        className="z-50 w-84 max-w-[calc(100vw-16px)] animate-appear rounded-lg border border-line bg-background p-1 shadow-float outline-none"
      >
        {choices.map(({ how, label, does, keys, no }) => (
          <DropdownMenu.Item
            key={how}
            disabled={no !== null}
            onSelect={() => send(how)}
            className="flex cursor-pointer items-start gap-2.5 rounded-md px-2 py-1.5 text-sm outline-none data-[disabled]:cursor-default data-[disabled]:opacity-60 data-[highlighted]:bg-hover"
          >
            <span className="min-w-0 grow">
              <span className="block font-medium">{label}</span>
              <span className="block text-xs text-muted">{no ?? does}</span>
            </span>
            <span className="pt-0.5 max-md:hidden">
              <Keys keys={keys} />
            </span>
          </DropdownMenu.Item>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}
