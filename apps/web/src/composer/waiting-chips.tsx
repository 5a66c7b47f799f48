import { CloudOff, Undo2 } from "lucide-react";
import type { OutgoingMessage } from "../outbox/outgoing-message.ts";
import { outbox } from "../outbox/use-outbox.ts";
import { firstWords } from "../text/first-words.ts";
import { plural } from "../text/quantity.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { draftOf } from "./draft.ts";

/** Messages that will be sent once the server can take them; until then they can be removed. */
export function WaitingChips({ messages }: { messages: readonly OutgoingMessage[] }) {
  const waiting = messages.filter(({ isWaiting }) => isWaiting);
  if (waiting.length === 0) return null;
  const takeBack = async (idempotencyKey: string): Promise<void> => {
    const message = await outbox.takeBack(idempotencyKey);
    if (message !== null)
      draftOf(message.sessionId ?? "new").giveBack({ text: message.text, files: message.files ?? [] });
  };
  return (
    <ol aria-label="Waiting to be sent" className="mb-1.5 flex max-h-36 flex-col gap-1 overflow-y-auto">
      {waiting.map(({ idempotencyKey, text, how, isLeaving, why = null, files = [] }) => (
        <li
          key={idempotencyKey}
          className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-2.5 rounded-lg border border-line bg-surface pr-1 pl-3 text-sm"
        >
          <CloudOff aria-hidden className="size-3.5 shrink-0 text-waits" />
          <span dir="auto" className="min-w-0 flex-1 truncate text-muted">
            {firstWords(text, 200)}
          </span>
          {files.length > 0 && (
            <span className="shrink-0 text-xs text-faint">{plural(files.length, "file")}</span>
          )}
          {(isLeaving || why === null) && (
            <span className="shrink-0 text-xs text-faint">
              {isLeaving
                ? "Taking back…"
                : how === "interrupt"
                  ? "Interrupts when online"
                  : how === "steer"
                    ? "Steers when online"
                    : "Sent when online"}
            </span>
          )}
          <IconButton
            small
            icon={Undo2}
            label="Take back"
            disabled={isLeaving}
            onClick={() => void takeBack(idempotencyKey)}
          />
          {!isLeaving && why !== null && (
            <span dir="auto" className="basis-full pb-1.5 text-xs text-waits">
              Not taken yet: {why}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}
