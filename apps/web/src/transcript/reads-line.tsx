import { FileSearch } from "lucide-react";
import { duration } from "../text/duration.ts";
import { plural } from "../text/quantity.ts";
import { ExpandableLine, LineChevron } from "./expandable-line.tsx";
import { useExpanded } from "./expansion.ts";
import type { ReadsItem } from "./items.ts";
import { ToolCallLine } from "./tool-call-line.tsx";
import { callKind, field, toolWords } from "./tool-words.ts";

/** `Read 3 files, listed 1 folder`. */
function readsWords(rows: ReadsItem["rows"]): string {
  const reads = rows.filter((row) => callKind(row) === "read").length;
  const searches = rows.filter((row) => field(row.input, "pattern") !== "").length;
  const lists = rows.length - reads - searches;
  const parts = [
    reads > 0 ? `read ${plural(reads, "file")}` : "",
    lists > 0 ? `listed ${plural(lists, "folder")}` : "",
    searches > 0 ? `searched ${plural(searches, "time")}` : "",
  ].filter((part) => part !== "");
  const words = parts.join(", ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Several reads in one line. */
export function ReadsLine({ item }: { item: ReadsItem }) {
  const { isOpen, toggle } = useExpanded(item.key, false);
  const totalMs = item.rows.reduce((sum, row) => sum + (row.durationMs ?? 0), 0);
  const targets = item.rows.map((row) => toolWords(row).target);
  return (
    <div className="py-0.5">
      <ExpandableLine isOpen={isOpen} toggle={toggle}>
        <FileSearch aria-hidden className="size-4 shrink-0 text-muted" strokeWidth={1.75} />
        <span className="shrink-0">{readsWords(item.rows)}</span>
        <span className="min-w-0 grow truncate font-mono text-code text-faint">{targets.join(", ")}</span>
        <LineChevron isOpen={isOpen} />
        <span className="shrink-0 text-xs text-faint">{duration(totalMs)}</span>
      </ExpandableLine>
      {isOpen && (
        <div className="ml-2 border-l border-line pl-3.5">
          {item.rows.map((row) => (
            <ToolCallLine key={row.key} row={row} opensByItself={false} />
          ))}
        </div>
      )}
    </div>
  );
}
