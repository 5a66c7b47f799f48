import { clsx } from "clsx";
import { ArrowLeftToLine, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { HighlightedCode } from "../markdown/code-block.tsx";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { plural } from "../text/quantity.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { type FileChange, type FileEdit, fileChanges } from "./file-changes.ts";

/** Maximum lines shown per edit: the file itself is in the workspace. */
const MAX_DIFF_LENGTH = 40_000;

/** Files changed by the session's tools, with diffs. */
export function Changes({ goTo }: { goTo: (seq: number) => void }) {
  const events = useSessionState((state) => state.view.events);
  const hasOlder = useSessionState((state) => state.older !== "none");
  const files = useMemo(() => fileChanges(events), [events]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  if (files.length === 0) {
    return (
      <p className="p-4 text-sm text-muted">
        No file edits {hasOlder ? "in the loaded part of this session" : "yet"}. Changes made by shell
        commands are not tracked.
      </p>
    );
  }
  const toggle = (path: string): void => {
    const next = new Set(open);
    if (!next.delete(path)) next.add(path);
    setOpen(next);
  };
  return (
    <section tabIndex={0} aria-label="Changes" className="h-full overflow-y-auto pb-4">
      <p className="px-4 py-2 text-xs text-faint">
        {plural(files.length, "file")}
        {hasOlder && ", earlier ones not loaded"}
      </p>
      {files.map((file) => (
        <File
          key={file.path}
          file={file}
          isOpen={open.has(file.path)}
          toggle={() => toggle(file.path)}
          goTo={goTo}
        />
      ))}
    </section>
  );
}

const WORDS = { created: "new", modified: null, deleted: "deleted" } as const;

interface FileProps {
  file: FileChange;
  isOpen: boolean;
  toggle: () => void;
  goTo: (seq: number) => void;
}

function File({ file, isOpen, toggle, goTo }: FileProps) {
  const path = revealHidden(file.path);
  const slash = path.lastIndexOf("/") + 1;
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={toggle}
        className="flex h-8 w-full items-center gap-2 px-4 text-left text-sm transition-colors hover:bg-hover"
      >
        <ChevronRight
          aria-hidden
          className={clsx("size-3.5 shrink-0 text-faint transition-transform", isOpen && "rotate-90")}
        />
        <span className="min-w-0 truncate font-mono text-code" title={path}>
          <span className="text-faint">{path.slice(0, slash)}</span>
          {path.slice(slash)}
        </span>
        {WORDS[file.change] !== null && (
          <span className="shrink-0 text-xs text-faint">{WORDS[file.change]}</span>
        )}
        <span className="grow" />
        <Counts {...file} />
      </button>
      {isOpen && file.edits.map((edit) => <Edit key={edit.seq} edit={edit} goTo={goTo} />)}
    </div>
  );
}

function Edit({ edit, goTo }: { edit: FileEdit; goTo: (seq: number) => void }) {
  const { diff } = edit;
  const shown = diff === null ? null : diff.slice(0, MAX_DIFF_LENGTH);
  return (
    <div className="relative mx-3 mb-2 rounded-lg border border-line bg-surface">
      <div className="absolute top-1 right-1 rounded-md bg-surface">
        <IconButton small icon={ArrowLeftToLine} label="Jump to event" onClick={() => goTo(edit.seq)} />
      </div>
      <pre
        tabIndex={0}
        aria-label="Change"
        className="max-h-96 overflow-auto py-2 pr-9 pl-3 font-mono text-code -outline-offset-2"
      >
        {shown === null || shown === "" ? (
          <span className="text-faint">{shown === null ? "Earlier lines not loaded" : "Empty file"}</span>
        ) : (
          <HighlightedCode code={shown} language="diff" />
        )}
        {diff !== null && diff.length > MAX_DIFF_LENGTH && (
          <span className="text-faint">{"\n"}… and more</span>
        )}
      </pre>
    </div>
  );
}

function Counts({ additions, deletions }: { additions: number; deletions: number }) {
  return (
    <span className="flex shrink-0 gap-1.5 text-xs">
      {additions > 0 && <span className="text-done">+{additions}</span>}
      {deletions > 0 && <span className="text-failed">−{deletions}</span>}
    </span>
  );
}
