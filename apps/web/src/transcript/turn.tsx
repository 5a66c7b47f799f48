import { clsx } from "clsx";
import { useState } from "react";
import { PromptFiles, type ShownFile } from "../attachments/prompt-files.tsx";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { plural } from "../text/quantity.ts";
import { withoutControls } from "../text/reveal-hidden.ts";
import { moment, timeOfDay } from "../text/time.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { lateTitle } from "../ui/late-title.ts";
import { EventLink } from "./event-link.tsx";
import { useExpanded } from "./expansion.ts";

/** Longer prompts are folded: somebody pasted a file, and the response is further down. */
const MAX_LINES = 12;
const MAX_LENGTH = 1_200;
/** Shown at once of a very long one, in UTF-16 units. */
const PAGE_LENGTH = 20_000;

export interface TurnProps {
  id: string;
  prompt: string | null;
  files?: readonly ShownFile[];
  seq: number | null;
  at: number | null;
}

/** A prompt. */
export function Turn({ id, prompt, files = [], seq, at }: TurnProps) {
  const { isOpen, toggle } = useExpanded(id, false);
  const session = useCurrentSession();
  const known = useSessionState(
    ({ tasks }) => tasks.find((task) => `turn:${task.id}` === id)?.prompt ?? null,
  );
  const text = prompt ?? known;
  const isLong =
    text !== null && (text.length > MAX_LENGTH || text.split("\n", MAX_LINES + 1).length > MAX_LINES);
  const [pages, setPages] = useState(1);
  const length = isLong && !isOpen ? MAX_LENGTH : pages * PAGE_LENGTH;
  return (
    <div className="group/row relative pt-3 pb-4">
      <h3 className="sr-only">Asked{text === null ? "" : `: ${withoutControls(text.slice(0, 120))}`}</h3>
      <div className="rounded-lg bg-surface px-3.5 py-2.5">
        {text === null ? (
          <Button size="small" look="quiet" onClick={() => void session.readOlder()}>
            Load prompt
          </Button>
        ) : (
          <p
            dir="auto"
            className={clsx("break-words whitespace-pre-wrap", isLong && !isOpen && "line-clamp-6")}
          >
            {withoutControls(text.slice(0, length))}
          </p>
        )}
        {isOpen && text !== null && text.length > length && (
          <Button size="small" look="quiet" onClick={() => setPages(pages + 1)}>
            Show {plural(text.length - length, "more character")}
          </Button>
        )}
        {isLong && (
          <button
            type="button"
            aria-expanded={isOpen}
            onClick={toggle}
            className="mt-1 text-xs font-medium text-muted hover:text-text"
          >
            {isOpen ? "Show less" : "Show more"}
          </button>
        )}
        <PromptFiles files={files} />
      </div>
      <div className="absolute right-1.5 bottom-0 flex h-7 items-center gap-1 rounded-md border border-line bg-background px-1 opacity-0 transition-opacity group-focus-within/row:opacity-100 group-hover/row:opacity-100">
        {at !== null && (
          <time
            dateTime={new Date(at).toISOString()}
            {...lateTitle(() => moment(at))}
            className="px-1 text-xs text-faint"
          >
            {timeOfDay(at)}
          </time>
        )}
        {seq !== null && <EventLink seq={seq} />}
        <CopyButton text={text ?? ""} label="Copy prompt" />
      </div>
    </div>
  );
}
