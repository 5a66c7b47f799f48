import type { SessionEvent } from "@trunkline/contract";
import type { RawFilter } from "./raw-rows.ts";

interface RawFilterBarProps {
  filter: RawFilter;
  types: readonly SessionEvent["type"][];
  change: (next: RawFilter) => void;
  /** How much is shown. */
  state: string;
}

export function RawFilterBar({ filter, types, change, state }: RawFilterBarProps) {
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-2 border-b border-line px-3 py-1.5">
      <input
        type="search"
        value={filter.text}
        maxLength={500}
        aria-label="Search all events"
        placeholder="Search all events, or #seq"
        onChange={(event) => change({ ...filter, text: event.target.value })}
        className="h-7 min-w-36 grow rounded-md bg-transparent px-1 text-sm outline-none placeholder:text-faint max-md:text-[16px]"
      />
      <select
        aria-label="Type of events"
        value={filter.type ?? ""}
        onChange={(event) =>
          change({ ...filter, type: types.find((type) => type === event.target.value) ?? null })
        }
        className="h-6.5 max-w-36 rounded-md bg-transparent px-1.5 text-xs text-muted hover:bg-hover max-md:text-[16px]"
      >
        <option value="">All types</option>
        {types.map((type) => (
          <option key={type} value={type}>
            {type}
          </option>
        ))}
      </select>
      <output className="shrink-0 text-xs text-faint tabular-nums">{state}</output>
    </div>
  );
}
