import { moment, timeOfDay } from "../text/time.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { EventLink } from "./event-link.tsx";

/** What somebody asked for. */
export function Turn({ prompt, seq, at }: { prompt: string | null; seq: number | null; at: number | null }) {
  return (
    <div className="group/row relative pt-3 pb-4">
      <h2 className="sr-only">Asked{prompt === null ? "" : `: ${prompt.slice(0, 120)}`}</h2>
      <div className="rounded-lg bg-surface px-3.5 py-2.5">
        <p className="break-words whitespace-pre-wrap">
          {prompt ?? <span className="text-faint">The prompt is further back.</span>}
        </p>
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
