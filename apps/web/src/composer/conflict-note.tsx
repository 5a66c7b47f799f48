import { Button } from "../ui/button.tsx";
import type { ChipEdit } from "./use-chip-edit.ts";

/** Both texts are on the page: the other one here, one's own in the field below. */
export function ConflictNote({ elsewhere, overwrite, discard }: ChipEdit) {
  if (elsewhere === null) return null;
  return (
    <div role="alert" className="flex basis-full flex-wrap items-center gap-2 pt-1 text-xs text-waits">
      <p className="max-h-24 min-w-0 grow basis-60 overflow-y-auto wrap-anywhere whitespace-pre-wrap">
        Changed elsewhere to: <bdi className="text-text">{elsewhere}</bdi>
      </p>
      <Button size="small" onClick={overwrite}>
        Save mine
      </Button>
      <Button size="small" look="quiet" onClick={discard}>
        Discard mine
      </Button>
    </div>
  );
}
