// oxlint-disable jsx-a11y/prefer-tag-over-role, jsx-a11y/click-events-have-key-events -- the message box has the focus and takes the keys
import { clsx } from "clsx";
import { File, Folder } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Choice } from "./command.ts";
import type { Completion } from "./use-completion.ts";

const ICONS = { command: null, file: File, folder: Folder } as const;

export const CHOICE_LIST_ID = "message-choices";
export const choiceId = (place: number): string => `${CHOICE_LIST_ID}-${place}`;

/** Above the message box, which keeps the focus. */
export function ChoiceList({ choices, active, choose }: Pick<Completion, "choices" | "active" | "choose">) {
  return (
    <div
      id={CHOICE_LIST_ID}
      role="listbox"
      tabIndex={-1}
      aria-label="Completions"
      // The focus stays in the message.
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
      className="absolute inset-x-0 bottom-full z-30 mb-1.5 max-h-64 animate-appear overflow-y-auto rounded-lg border border-line bg-background p-1 shadow-float"
    >
      {choices.map((choice, place) => (
        <Option
          key={choice.key}
          id={choiceId(place)}
          choice={choice}
          isActive={place === active}
          choose={() => choose(choice)}
        />
      ))}
    </div>
  );
}

interface OptionProps {
  id: string;
  choice: Choice;
  isActive: boolean;
  choose: () => void;
}

function Option({ id, choice: { label, detail, icon }, isActive, choose }: OptionProps) {
  const Icon = ICONS[icon];
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) row.current?.scrollIntoView({ block: "nearest" });
  }, [isActive]);
  return (
    <div
      ref={row}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      onClick={choose}
      className={clsx(
        "flex h-8 cursor-pointer items-center gap-2.5 rounded-md px-2 text-sm hover:bg-hover max-md:h-10",
        isActive && "bg-selected",
      )}
    >
      {Icon !== null && <Icon aria-hidden className="size-3.5 shrink-0 text-muted" strokeWidth={1.75} />}
      <span translate="no" className={clsx("min-w-0 truncate", icon !== "command" && "font-mono text-code")}>
        {label}
      </span>
      <span className="ml-auto shrink-0 pl-3 text-xs text-muted">{detail}</span>
    </div>
  );
}
