import { clsx } from "clsx";
import { moment, timeOfDay } from "../text/time.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { EventLink } from "./event-link.tsx";
import { useExpanded } from "./expansion.ts";

/** Longer prompts are folded: somebody pasted a file, and what was made of it is further down. */
const MAX_LINES = 12;
const MAX_LENGTH = 1_200;

export interface TurnProps {
  id: string;
  prompt: string | null;
  seq: number | null;
  at: number | null;
}

/** What somebody asked for. */
export function Turn({ id, prompt, seq, at }: TurnProps) {
  const { isOpen, toggle } = useExpanded(id, false);
  const isLong = prompt !== null && (prompt.length > MAX_LENGTH || prompt.split("\n").length > MAX_LINES);
  return (
    <div className="group/row relative pt-3 pb-4">
      <h3 className="sr-only">Asked{prompt === null ? "" : `: ${prompt.slice(0, 120)}`}</h3>
      <div className="rounded-lg bg-surface px-3.5 py-2.5">
        <p className={clsx("break-words whitespace-pre-wrap", isLong && !isOpen && "line-clamp-6")}>
          {prompt ?? <span className="text-faint">The prompt is further back.</span>}
        </p>
        {isLong && (
          <button
            type="button"
            aria-expanded={isOpen}
            onClick={toggle}
            className="mt-1 text-xs font-medium text-muted hover:text-text"
          >
            {isOpen ? "Show less" : "Show all of it"}
          </button>
        )}
      </div>
      <div className="absolute right-1.5 bottom-0 flex h-7 items-center gap-1 rounded-md border border-line bg-background px-1 opacity-0 transition-opacity group-focus-within/row:opacity-100 group-hover/row:opacity-100">
        {at !== null && (
          <time dateTime={new Date(at).toISOString()} title={moment(at)} className="px-1 text-xs text-faint">
            {timeOfDay(at)}
          </time>
        )}
        {seq !== null && <EventLink seq={seq} />}
        <CopyButton text={prompt ?? ""} label="Copy prompt" />
      </div>
    </div>
  );
}
