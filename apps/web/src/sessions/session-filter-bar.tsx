import { X } from "lucide-react";
import { useProjects } from "../projects/use-projects.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { isFiltering, NO_FILTER, type SessionFilter, type StatusFilter } from "./filter-sessions.ts";

const STATUSES: readonly (readonly [StatusFilter, string])[] = [
  ["all", "Any status"],
  ["needs-you", "Needs you"],
  ["running", "Running"],
  ["done", "Done"],
  ["failed", "Failed or canceled"],
  ["archived", "Archived"],
];

const FIELD =
  "h-7 min-w-0 rounded-md border border-line bg-background px-2 text-xs text-text placeholder:text-faint max-md:h-9 max-md:text-[16px]";

/** Narrows the rail's list by title, status and project. */
export function SessionFilterBar({
  filter,
  change,
}: {
  filter: SessionFilter;
  change: (filter: SessionFilter) => void;
}) {
  const { data: projects = [] } = useProjects();
  return (
    <search className="flex flex-col gap-1 px-2 pb-1">
      <div className="flex items-center gap-1">
        <input
          type="search"
          dir="auto"
          value={filter.text}
          maxLength={200}
          aria-label="Filter sessions by title"
          placeholder="Filter sessions"
          onChange={(event) => change({ ...filter, text: event.target.value })}
          className={`${FIELD} grow`}
        />
        {isFiltering(filter) && (
          <IconButton icon={X} label="Clear filter" small onClick={() => change(NO_FILTER)} />
        )}
      </div>
      <div className="flex gap-1">
        <select
          value={filter.status}
          aria-label="Filter by status"
          onChange={(event) => change({ ...filter, status: event.target.value as StatusFilter })}
          className={`${FIELD} grow basis-0`}
        >
          {STATUSES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        {projects.length > 0 && (
          <select
            value={filter.project}
            aria-label="Filter by project"
            onChange={(event) => change({ ...filter, project: event.target.value })}
            className={`${FIELD} grow basis-0`}
          >
            <option value="">Any project</option>
            <option value="none">No project</option>
            {projects.map(({ id, name }) => (
              <option key={id} value={id}>
                {revealHidden(name)}
              </option>
            ))}
          </select>
        )}
      </div>
    </search>
  );
}
