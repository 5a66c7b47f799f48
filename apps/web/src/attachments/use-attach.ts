import { useState } from "react";
import type { Draft } from "../composer/draft.ts";
import { type AttachedFile, takeFiles } from "./attached-file.ts";
import { forgetFiles, keepFile } from "./kept-files.ts";
import { stopUpload } from "./uploads.ts";

export interface Attach {
  attach(files: readonly File[], refused?: readonly string[]): void;
  remove(file: AttachedFile): void;
  /** What was not attached, and why; until the next time. */
  notes: readonly string[];
}

/** Attaches files to a draft. They are uploaded as they are shown (attachment-chip.tsx). */
export function useAttach(draft: Draft): Attach {
  const [notes, setNotes] = useState<readonly string[]>([]);
  return {
    attach(files, others = []) {
      const { taken, refused } = takeFiles(draft.state.getState().files, files);
      setNotes([...others, ...refused]);
      // First the bytes: what is attached can be read.
      const kept = taken.map(({ file: { id }, data }) => keepFile(id, data));
      draft.attach(taken.map(({ file }) => file));
      void Promise.all(kept).then((all) => {
        if (!all.includes(false)) return;
        const note = "This browser has no room to keep these files. Send them before you leave.";
        setNotes((known) => [...known, note]);
      });
    },
    remove(file) {
      setNotes([]);
      stopUpload(file);
      draft.detach(file);
      forgetFiles([file]);
    },
    notes,
  };
}
