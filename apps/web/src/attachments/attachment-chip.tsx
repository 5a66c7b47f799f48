import { FileText, RotateCw, X } from "lucide-react";
import { useEffect, useState } from "react";
import { useNetwork } from "../network/network.ts";
import { bytes } from "../text/quantity.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { type AttachedFile, hasPreview } from "./attached-file.ts";
import { keptFile } from "./kept-files.ts";
import { type Upload, upload, useUpload } from "./uploads.ts";
import { useObjectUrl } from "./use-object-url.ts";

/** A file of a message that is being written; it is uploaded meanwhile. */
export function AttachmentChip({ file, remove }: { file: AttachedFile; remove: () => void }) {
  const state = useUpload(file.id);
  const isReachable = useNetwork().awaySince === null;
  const start = (): void => {
    // Its state says how it ended.
    upload(file).catch(() => {});
  };
  useEffect(() => {
    if (isReachable) upload(file).catch(() => {});
  }, [file, isReachable]);
  const isFailed = state?.state === "failed";
  return (
    <li className="relative flex h-11 w-56 max-w-full items-center gap-2 overflow-hidden rounded-lg border border-line bg-surface pr-1 pl-1">
      <Thumbnail file={file} />
      <span className="min-w-0 grow leading-tight">
        <span dir="auto" translate="no" className="block truncate text-xs font-medium" title={file.name}>
          {file.name}
        </span>
        <span
          className={isFailed ? "block truncate text-xs text-failed" : "block truncate text-xs text-muted"}
        >
          <output title={isFailed ? state.message : undefined}>
            {state === null && !isReachable ? WAITING : wordsOf(state, file)}
          </output>
        </span>
      </span>
      {isFailed && <IconButton small icon={RotateCw} label={`Retry ${file.name}`} onClick={start} />}
      <IconButton small icon={X} label={`Remove ${file.name}`} onClick={remove} />
      {state?.state === "uploading" && (
        <span
          aria-hidden
          className="absolute bottom-0 left-0 h-0.5 bg-accent transition-[width]"
          style={{ width: `${Math.round(state.sent * 100)}%` }}
        />
      )}
    </li>
  );
}

const WAITING = "Uploads when online";

function wordsOf(state: Upload | null, file: AttachedFile): string {
  switch (state?.state) {
    case "uploading":
      return `Uploading ${Math.round(state.sent * 100)} %`;
    case "waiting":
      return WAITING;
    case "failed":
      return state.message;
    case "ready":
    case undefined:
      return bytes(file.bytes);
  }
}

function Thumbnail({ file }: { file: AttachedFile }) {
  const [data, setData] = useState<Blob | null>(null);
  useEffect(() => {
    if (hasPreview(file)) void keptFile(file.id).then(setData);
  }, [file]);
  const url = useObjectUrl(data);
  return url === null ? (
    <span className="flex size-9 shrink-0 items-center justify-center rounded-md bg-hover text-muted">
      <FileText aria-hidden className="size-4" strokeWidth={1.75} />
    </span>
  ) : (
    // oxlint-disable-next-line next/no-img-element -- bytes that the page has already
    <img src={url} alt="" className="size-9 shrink-0 rounded-md object-cover" />
  );
}
