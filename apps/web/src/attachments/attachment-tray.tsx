import { Paperclip } from "lucide-react";
import { useRef } from "react";
import { MAX_ATTACHMENTS } from "@trunkline/contract";
import { IconButton } from "../ui/icon-button.tsx";
import { AttachmentChip } from "./attachment-chip.tsx";
import type { AttachedFile } from "./attached-file.ts";

interface AttachmentTrayProps {
  files: readonly AttachedFile[];
  remove: (file: AttachedFile) => void;
  /** What was refused, and why. */
  notes: readonly string[];
}

/** The files of the message that is being written. */
export function AttachmentTray({ files, remove, notes }: AttachmentTrayProps) {
  const tooMany = files.length - MAX_ATTACHMENTS;
  const all =
    tooMany > 0 ? [...notes, `A message takes up to ${MAX_ATTACHMENTS} files; remove ${tooMany}.`] : notes;
  return (
    <>
      {files.length > 0 && (
        <ul aria-label="Attached files" className="flex max-h-40 flex-wrap gap-1.5 overflow-y-auto px-2 pt-2">
          {files.map((file) => (
            <AttachmentChip key={file.id} file={file} remove={() => remove(file)} />
          ))}
        </ul>
      )}
      {all.length > 0 && (
        <div role="alert" className="px-3.5 pt-2 text-xs text-failed">
          {all.map((note) => (
            <p key={note} className="break-words">
              {note}
            </p>
          ))}
        </div>
      )}
    </>
  );
}

export function AttachButton({ attach }: { attach: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        onChange={(event) => {
          attach([...(event.target.files ?? [])]);
          // The same file again is a choice, too.
          event.target.value = "";
        }}
      />
      <IconButton icon={Paperclip} label="Attach files" onClick={() => input.current?.click()} />
    </>
  );
}
