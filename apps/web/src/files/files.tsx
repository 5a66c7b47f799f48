import { FolderDown, RotateCw } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { reload } from "../api/reload.ts";
import { useCurrentSession } from "../session-stream/use-open-session.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { archiveAddress, download } from "./download.ts";
import { Directory } from "./directory.tsx";
import { FileView } from "./file-view.tsx";
import { useFilesPlace } from "./files-place.ts";
import { workspaceKey } from "./use-directory.ts";
import { useReloadAfter } from "./use-reload-after.ts";

/** The session's workspace: a tree of its files, one of them to read, downloads. */
export function Files() {
  const { sessionId } = useCurrentSession();
  const { file, show } = useFilesPlace(sessionId);
  useReloadAfter(workspaceKey(sessionId));
  return file === null ? (
    <Tree sessionId={sessionId} />
  ) : (
    <FileView key={file} sessionId={sessionId} path={file} close={() => show(null)} />
  );
}

function Tree({ sessionId }: { sessionId: string }) {
  const queries = useQueryClient();
  const [isSaving, setIsSaving] = useState(false);
  const save = (): void => {
    setIsSaving(true);
    void download(archiveAddress(sessionId), "workspace.tar.gz").finally(() => setIsSaving(false));
  };
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-9 shrink-0 items-center gap-1 border-b border-line pr-2 pl-4">
        <span className="grow text-xs text-faint">Workspace</span>
        <IconButton
          small
          icon={RotateCw}
          label="Reload files"
          onClick={() => void reload(queries, workspaceKey(sessionId))}
        />
        <Button size="small" look="quiet" disabled={isSaving} onClick={save}>
          <FolderDown aria-hidden className="size-3.5" strokeWidth={1.75} />
          {isSaving ? "Downloading…" : "Download all"}
        </Button>
      </div>
      <section tabIndex={0} aria-label="Files" className="min-h-0 grow overflow-y-auto py-1">
        <Directory sessionId={sessionId} path="" depth={0} />
      </section>
    </div>
  );
}
