import { useEffect, useRef, useState } from "react";
import { useIme } from "../composer/ime.ts";
import { renameSession } from "./rename.ts";

/** The contract's MAX_TITLE_LENGTH. */
const MAX_LENGTH = 200;

/** Edits a title in place: Enter and leaving it save, Esc does not. */
export function TitleField({
  sessionId,
  title,
  close,
  className,
}: {
  sessionId: string;
  title: string;
  close: () => void;
  className: string;
}) {
  const [text, setText] = useState(title);
  // It may be renamed meanwhile, by somebody else or by its first answer: who changes nothing keeps that.
  const [before] = useState(title);
  const field = useRef<HTMLInputElement>(null);
  const ime = useIme();
  const isOver = useRef(false);
  useEffect(() => field.current?.select(), []);
  const end = (save: boolean): void => {
    if (isOver.current) return;
    isOver.current = true;
    const next = text.trim();
    if (save && next !== "" && next !== before) void renameSession(sessionId, next);
    close();
  };
  return (
    <input
      ref={field}
      dir="auto"
      value={text}
      maxLength={MAX_LENGTH}
      autoComplete="off"
      aria-label="Session title"
      onChange={(event) => setText(event.target.value)}
      onCompositionEnd={ime.onCompositionEnd}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        if (ime.owns(event)) return;
        if (event.key === "Enter") end(true);
        else if (event.key === "Escape") {
          event.stopPropagation();
          end(false);
        }
      }}
      className={className}
    />
  );
}
