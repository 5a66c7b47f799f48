import type { WorkspaceEntry } from "@trunkline/contract";
import { clsx } from "clsx";
import { ChevronRight, File, FileSymlink, Folder, type LucideIcon, Plug } from "lucide-react";
import { bytes } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";
import { PanelProblem } from "../ui/panel-problem.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useFilesPlace } from "./files-place.ts";
import { useDirectory } from "./use-directory.ts";

interface DirectoryProps {
  sessionId: string;
  /** Empty: the workspace itself. */
  path: string;
  depth: number;
}

const INDENT_PX = 14;
const indent = (depth: number) => ({ paddingLeft: 12 + depth * INDENT_PX });

/** What is in one directory, a page at a time. */
export function Directory({ sessionId, path, depth }: DirectoryProps) {
  const list = useDirectory(sessionId, path);
  const entries = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.isPending) return <TreeSkeleton depth={depth} rows={depth === 0 ? 8 : 1} />;
  if (list.isError && entries.length === 0) {
    if (depth === 0) {
      return (
        <PanelProblem title="Couldn't load the files" error={list.error} retry={() => void list.refetch()} />
      );
    }
    return (
      <p role="alert" style={indent(depth)} className="flex items-center gap-2 py-1 pr-2 text-xs text-muted">
        <span className="min-w-0 truncate">Couldn't load. {list.error.message}</span>
        <Button size="small" onClick={() => void list.refetch()}>
          Retry
        </Button>
      </p>
    );
  }
  if (entries.length === 0) {
    return (
      <p style={indent(depth)} className={clsx("text-faint", depth === 0 ? "p-4 text-sm" : "py-1 text-xs")}>
        {depth === 0 ? "No files yet." : "Empty"}
      </p>
    );
  }
  return (
    <ul>
      {entries.map((entry) => (
        <Entry key={entry.path} sessionId={sessionId} entry={entry} depth={depth} />
      ))}
      {list.hasNextPage && (
        <li style={indent(depth)} className="py-0.5">
          <Button
            size="small"
            look="quiet"
            disabled={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            Show more
          </Button>
        </li>
      )}
    </ul>
  );
}

const ICONS: Readonly<Record<string, LucideIcon>> = {
  directory: Folder,
  file: File,
  link: FileSymlink,
  other: Plug,
} satisfies Record<WorkspaceEntry["kind"], LucideIcon>;

function Entry({ sessionId, entry, depth }: { sessionId: string; entry: WorkspaceEntry; depth: number }) {
  const { open, toggle, show } = useFilesPlace(sessionId);
  const { kind, path, target } = entry;
  const isOpen = kind === "directory" && open.has(path);
  const Icon = ICONS[kind] ?? Plug;
  const name = revealHidden(entry.name);
  const row = (
    <>
      <ChevronRight
        aria-hidden
        className={clsx(
          "size-3.5 shrink-0 text-faint transition-transform",
          isOpen && "rotate-90",
          kind !== "directory" && "invisible",
        )}
      />
      <Icon aria-hidden className="size-3.5 shrink-0 text-muted" strokeWidth={1.75} />
      <span className="min-w-0 truncate" title={name}>
        {name}
      </span>
      {target !== null && (
        <span className="min-w-0 truncate text-xs text-faint">→ {revealHidden(target)}</span>
      )}
      <span className="grow" />
      {entry.executable && <span className="shrink-0 text-xs text-faint">executable</span>}
      {entry.bytes !== null && (
        <span className="shrink-0 text-xs text-faint" title={moment(entry.modifiedAt)}>
          {bytes(entry.bytes)}
        </span>
      )}
    </>
  );
  const look = "flex h-6.5 w-full items-center gap-1.5 pr-4 text-left text-sm max-md:h-9";
  return (
    <li>
      {kind === "directory" || kind === "file" ? (
        <button
          type="button"
          translate="no"
          {...(kind === "directory" && { "aria-expanded": isOpen })}
          onClick={() => (kind === "directory" ? toggle(path) : show(path))}
          style={indent(depth)}
          className={clsx(look, "-outline-offset-2 transition-colors hover:bg-hover")}
        >
          {row}
        </button>
      ) : (
        // Links are shown, never followed.
        <div translate="no" style={indent(depth)} className={clsx(look, "text-muted")}>
          {row}
        </div>
      )}
      {isOpen && <Directory sessionId={sessionId} path={path} depth={depth + 1} />}
    </li>
  );
}

const WIDTHS = ["w-24", "w-32", "w-20", "w-40"];

function TreeSkeleton({ depth, rows }: { depth: number; rows: number }) {
  return (
    <div aria-hidden>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} style={indent(depth)} className="flex h-6.5 items-center gap-2">
          <Skeleton className="size-3.5" />
          <Skeleton className={`h-3 ${WIDTHS[row % WIDTHS.length]}`} />
        </div>
      ))}
    </div>
  );
}
