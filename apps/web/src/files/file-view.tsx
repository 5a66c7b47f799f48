import { useInfiniteQuery } from "@tanstack/react-query";
import { ArrowLeft, Download } from "lucide-react";
import { useTRPCClient } from "../api/trpc.ts";
import { languageOfFile } from "../markdown/language-name.ts";
import { bytes } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { PanelProblem } from "../ui/panel-problem.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { NumberedCode } from "./numbered-code.tsx";
import { download, fileAddress } from "./download.ts";
import { workspaceKey } from "./use-directory.ts";

interface FileViewProps {
  sessionId: string;
  path: string;
  close: () => void;
}

/** Small enough to be highlighted (markdown/highlighter.ts). */
const PIECE_BYTES = 49_152;

/** A file's text, a piece at a time. */
export function FileView({ sessionId, path, close }: FileViewProps) {
  const client = useTRPCClient();
  const text = useInfiniteQuery({
    queryKey: [...workspaceKey(sessionId), "read", path],
    queryFn: ({ pageParam, signal }) =>
      client.workspace.read.query(
        { sessionId, path, fromByte: pageParam, maxBytes: PIECE_BYTES },
        { signal },
      ),
    initialPageParam: 0,
    getNextPageParam: (piece) => piece.nextByte,
  });
  const pieces = text.data?.pages ?? [];
  const [first] = pieces;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const shown = revealHidden(path);
  const save = (): void => void download(fileAddress(sessionId, path), name);
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-9 shrink-0 items-center gap-1 border-b border-line pr-2 pl-2">
        <IconButton small icon={ArrowLeft} label="All files" onClick={close} />
        <h2 translate="no" title={shown} className="min-w-0 truncate font-mono text-code">
          <span className="text-faint">{shown.slice(0, shown.lastIndexOf("/") + 1)}</span>
          {shown.slice(shown.lastIndexOf("/") + 1)}
        </h2>
        <span className="grow" />
        {first !== undefined && <span className="shrink-0 text-xs text-faint">{bytes(first.bytes)}</span>}
        <CopyButton text={path} label="Copy path" />
        <IconButton small icon={Download} label="Download file" onClick={save} />
      </div>
      {text.isPending && <TextSkeleton />}
      {text.isError && first === undefined && (
        <PanelProblem title="Couldn't read the file" error={text.error} retry={() => void text.refetch()} />
      )}
      {first !== undefined && first.encoding === null && (
        <div className="flex flex-col items-center gap-3 px-6 py-16 text-center text-sm text-muted">
          <p>Binary file, {bytes(first.bytes)}</p>
          <Button onClick={save}>Download</Button>
        </div>
      )}
      {first !== undefined && first.encoding !== null && (
        <section
          tabIndex={0}
          aria-label="File content"
          className="min-h-0 grow overflow-auto py-2 -outline-offset-2"
        >
          {first.bytes === 0 ? (
            <p className="px-4 text-sm text-faint">Empty file</p>
          ) : (
            <NumberedCode pieces={pieces.map((piece) => piece.text)} language={languageOfFile(path)} />
          )}
          {text.hasNextPage && (
            <div className="sticky left-0 px-4 py-2">
              <Button
                size="small"
                disabled={text.isFetchingNextPage}
                onClick={() => void text.fetchNextPage()}
              >
                Show more of {bytes(first.bytes)}
              </Button>
            </div>
          )}
        </section>
      )}
    </div>
  );
}

function TextSkeleton() {
  return (
    <div aria-hidden className="flex flex-col gap-2 p-4">
      {["w-60", "w-44", "w-72", "w-52", "w-64"].map((width) => (
        <Skeleton key={width} className={`h-3 ${width}`} />
      ))}
    </div>
  );
}
