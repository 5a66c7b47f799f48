import type { FilesRow } from "@trunkline/contract/session-view";
import { clsx } from "clsx";
import {
  Archive,
  Bookmark,
  CloudOff,
  FolderGit2,
  GitPullRequest,
  type LucideIcon,
  RefreshCw,
  Undo2,
} from "lucide-react";
import { useRevert } from "../changes/use-revert.ts";
import { download } from "../files/download.ts";
import { showInspector } from "../inspector/inspector-state.ts";
import { TextLink } from "../markdown/links.tsx";
import { useProjectName } from "../projects/use-projects.ts";
import { useIsReadOnly } from "../session-stream/read-only.ts";
import { useCurrentSession } from "../session-stream/use-open-session.ts";
import { restoreWork } from "../sessions/session-actions.ts";
import { duration } from "../text/duration.ts";
import { plural } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { moment } from "../text/time.ts";
import { lateTitle } from "../ui/late-title.ts";
import { publishedWords, workspaceNotes } from "./files-words.ts";

type What<T extends FilesRow["what"]["type"]> = Extract<FilesRow["what"], { type: T }>["data"];

/** Something that happened to the session's files, in one quiet line. */
export function FilesLine({ row }: { row: FilesRow }) {
  const { what } = row;
  switch (what.type) {
    case "project.fetched":
      return <Fetched row={row} data={what.data} />;
    case "workspace.prepared":
      return <Prepared row={row} data={what.data} />;
    case "workspace.archived":
      return <WorkArchived row={row} data={what.data} />;
    case "checkpoint.created":
      return <CheckpointLine row={row} />;
    case "workspace.reverted":
      return <Reverted row={row} data={what.data} />;
    case "session.published":
      return <Published row={row} data={what.data} />;
  }
}

interface LineProps {
  row: FilesRow;
  icon: LucideIcon;
  isWarning?: boolean;
  children: React.ReactNode;
}

function Line({ row, icon: Icon, isWarning = false, children }: LineProps) {
  return (
    <div className="flex items-start gap-2 py-1 text-sm text-muted" {...lateTitle(() => moment(row.at))}>
      <Icon
        aria-hidden
        className={clsx("mt-0.5 size-4 shrink-0", isWarning ? "text-waits" : "text-muted")}
        strokeWidth={1.75}
      />
      <p className="min-w-0 [overflow-wrap:anywhere]">{children}</p>
    </div>
  );
}

const Code = ({ children }: { children: string }) => (
  <code translate="no" className="font-mono text-code text-text">
    {revealHidden(children)}
  </code>
);
const short = (commit: string): string => commit.slice(0, 8);

function Fetched({ row, data }: { row: FilesRow; data: What<"project.fetched"> }) {
  // A shared link opens no list of projects.
  const isReadOnly = useIsReadOnly();
  const name = useProjectName(isReadOnly ? null : data.projectId) ?? "the project";
  if (data.offline !== undefined) {
    return (
      <Line row={row} icon={CloudOff} isWarning>
        Couldn't fetch {name}: {revealHidden(data.offline)} Starting from what was fetched before,{" "}
        <Code>{short(data.commit)}</Code>.
      </Line>
    );
  }
  return (
    <Line row={row} icon={RefreshCw}>
      Fetched {name} at <Code>{short(data.commit)}</Code>
      <span className="text-xs text-faint"> · {duration(data.durationMs)}</span>
    </Line>
  );
}

function Prepared({ row, data }: { row: FilesRow; data: What<"workspace.prepared"> }) {
  const notes = workspaceNotes(data);
  return (
    <Line row={row} icon={FolderGit2} isWarning={notes.length > 0}>
      {data.kind === "in-place" ? (
        "Working in the project's own directory"
      ) : data.branch === undefined ? (
        "Workspace ready"
      ) : data.archived !== undefined ? (
        <>
          Archived work restored on branch <Code>{data.branch}</Code>
        </>
      ) : (
        <>
          On branch <Code>{data.branch}</Code>
        </>
      )}
      {data.baseRef !== undefined && (
        <>
          {" "}
          from <Code>{data.baseRef}</Code>
        </>
      )}
      {data.baseCommit !== undefined && (
        <span className="text-faint">
          {" "}
          (<code className="font-mono text-xs">{short(data.baseCommit)}</code>)
        </span>
      )}
      {notes.length > 0 && <>. {notes.join(" ")}</>}
    </Line>
  );
}

/** A state of the files that can be restored. It stays out of the way until it is pointed at. */
function CheckpointLine({ row }: { row: FilesRow }) {
  const isReadOnly = useIsReadOnly();
  return (
    <div
      className="group/row flex h-6 items-center gap-2 text-xs text-faint"
      {...lateTitle(() => moment(row.at))}
    >
      <Bookmark aria-hidden className="size-3 shrink-0" strokeWidth={1.75} />
      Files saved
      {!isReadOnly && <CheckpointActions row={row} />}
    </div>
  );
}

function CheckpointActions({ row }: { row: FilesRow }) {
  const { sessionId } = useCurrentSession();
  const { revert, isBlocked } = useRevert(sessionId);
  return (
    <span className="flex gap-2 opacity-0 transition-opacity group-focus-within/row:opacity-100 group-hover/row:opacity-100 pointer-coarse:opacity-100">
      <button
        type="button"
        className="rounded text-accent hover:underline"
        onClick={() => showInspector("changes")}
      >
        Show changes
      </button>
      {!isBlocked && (
        <button
          type="button"
          className="rounded text-accent hover:underline"
          onClick={() => void revert({ kind: "event", seq: row.seq })}
        >
          Revert to here…
        </button>
      )}
    </span>
  );
}

function Reverted({ row, data }: { row: FilesRow; data: What<"workspace.reverted"> }) {
  const isReadOnly = useIsReadOnly();
  const { paths, by, toSeq } = data;
  const [first = ""] = paths ?? [];
  return (
    <Line row={row} icon={Undo2}>
      {paths === undefined ? (
        "Files reverted"
      ) : (
        <>
          Reverted <Code>{first}</Code>
          {paths.length > 1 && ` and ${plural(paths.length - 1, "more file")}`}
        </>
      )}{" "}
      {toSeq > 1 ? (
        <>
          to{" "}
          {isReadOnly ? (
            "an earlier step"
          ) : (
            <a href={`#e-${toSeq}`} className="text-accent hover:underline">
              an earlier step
            </a>
          )}
        </>
      ) : (
        "to the start"
      )}
      {by !== undefined && ` by ${by}`}
    </Line>
  );
}

function WorkArchived({ row, data }: { row: FilesRow; data: What<"workspace.archived"> }) {
  const isReadOnly = useIsReadOnly();
  const { branch, commit, by } = data;
  return (
    <Line row={row} icon={Archive}>
      Work archived by {by} on branch <Code>{branch}</Code>{" "}
      <span className="text-faint">
        (<code className="font-mono text-xs">{short(commit)}</code>)
      </span>
      ; workspace removed. The next task restores it.
      {!isReadOnly && <ArchivedActions data={data} />}
    </Line>
  );
}

function ArchivedActions({ data: { commit, baseCommit } }: { data: What<"workspace.archived"> }) {
  const { sessionId } = useCurrentSession();
  return (
    <>
      {" "}
      <button
        type="button"
        className="rounded text-accent hover:underline"
        onClick={() => void restoreWork(sessionId)}
      >
        Restore now
      </button>
      {commit !== baseCommit && (
        <>
          {" "}
          <button
            type="button"
            className="rounded text-accent hover:underline"
            onClick={() => void download(`/api/sessions/${sessionId}/patch`, "work.patch")}
          >
            Download patch
          </button>
        </>
      )}
    </>
  );
}

function Published({ row, data }: { row: FilesRow; data: What<"session.published"> }) {
  return (
    <Line row={row} icon={GitPullRequest}>
      {publishedWords(data)}
      {data.branch !== undefined && (
        <>
          {" "}
          <Code>{data.branch}</Code>
        </>
      )}
      {data.commit !== undefined && (
        <span className="text-faint">
          {" "}
          at <code className="font-mono text-xs">{short(data.commit)}</code>
        </span>
      )}
      {data.url !== undefined && (
        <>
          {" · "}
          <span className="text-accent hover:underline">
            <TextLink address={data.url}>{revealHidden(data.url)}</TextLink>
          </span>
        </>
      )}
    </Line>
  );
}
