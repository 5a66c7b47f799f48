import { useQuery } from "@tanstack/react-query";
import { Download, FileText, ImageOff } from "lucide-react";
import { useState } from "react";
import { fetchWithKey } from "../auth/page-key.ts";
import { download } from "../files/download.ts";
import { useIsReadOnly } from "../session-stream/read-only.ts";
import { bytes } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { hasPreview } from "./attached-file.ts";
import { useObjectUrl } from "./use-object-url.ts";
import { placed } from "../navigation/base-path.ts";

/** A file of a prompt. */
export interface ShownFile {
  /** Absent while it is being uploaded. */
  sha256?: string;
  mediaType: string;
  bytes: number;
  name?: string | undefined;
}

/** The files that came with a prompt: images to be seen, everything to be saved. */
export function PromptFiles({ files }: { files: readonly ShownFile[] }) {
  if (files.length === 0) return null;
  return (
    <ul aria-label="Attached files" className="mt-2 flex flex-wrap gap-2">
      {files.map((file, place) => (
        <li key={place} className="min-w-0">
          <PromptFile file={file} />
        </li>
      ))}
    </ul>
  );
}

function PromptFile({ file }: { file: ShownFile }) {
  // A shared link opens no files: their names are told.
  const sha256 = useIsReadOnly() ? undefined : file.sha256;
  const name = revealHidden(file.name ?? "file");
  return (
    <figure className="flex max-w-full flex-col gap-1 rounded-lg border border-line bg-background p-1">
      {sha256 !== undefined && hasPreview(file) && <Preview sha256={sha256} name={name} />}
      <figcaption className="flex h-7 items-center gap-1.5 pl-1 text-xs">
        <FileText aria-hidden className="size-3.5 shrink-0 text-muted" strokeWidth={1.75} />
        <span dir="auto" translate="no" className="max-w-52 min-w-0 truncate font-medium" title={name}>
          {name}
        </span>
        <span className="shrink-0 text-muted">{bytes(file.bytes)}</span>
        {sha256 !== undefined && (
          <IconButton
            small
            icon={Download}
            label={`Download ${name}`}
            onClick={() => void download(addressOf(sha256), file.name ?? "file")}
          />
        )}
      </figcaption>
    </figure>
  );
}

/** An `<img>` with bytes that were fetched: the address of a blob is one to save, and needs the page's key. */
function Preview({ sha256, name }: { sha256: string; name: string }) {
  const [isLarge, setIsLarge] = useState(false);
  const { data = null, isError } = useQuery({
    queryKey: ["blob", sha256],
    queryFn: ({ signal }) => fetchBlob(sha256, signal),
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const url = useObjectUrl(data);
  if (isError) {
    return (
      <span className="flex h-36 w-48 items-center justify-center gap-1.5 rounded-md bg-hover text-xs text-muted">
        <ImageOff aria-hidden className="size-4" strokeWidth={1.75} />
        Couldn't load the image
      </span>
    );
  }
  if (url === null) return <span className="block h-36 w-48 rounded-md bg-hover" />;
  return (
    <button
      type="button"
      aria-expanded={isLarge}
      aria-label={isLarge ? `Show ${name} smaller` : `Show ${name} larger`}
      onClick={() => setIsLarge(!isLarge)}
      className="max-w-full cursor-zoom-in self-start overflow-hidden rounded-md aria-expanded:cursor-zoom-out"
    >
      {/* oxlint-disable-next-line next/no-img-element -- bytes that the page has already */}
      <img
        src={url}
        alt={name}
        className={isLarge ? "max-h-[70dvh] max-w-full object-contain" : "h-36 max-w-full object-contain"}
      />
    </button>
  );
}

const addressOf = (sha256: string): string => placed(`/api/blobs/${sha256}`);

async function fetchBlob(sha256: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetchWithKey(addressOf(sha256), { signal });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return response.blob();
}
