import { useEffect, useRef, useState } from "react";
import { useIme } from "../composer/ime.ts";
import { renameSession } from "./rename.ts";

/** The contract's MAX_TITLE_LENGTH. */
const MAX_LENGTH = 200;

/** Edits a title in place: Enter and leaving it save, Esc does not. What could not be saved stays in the field. */
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
  const end = async (save: boolean): Promise<void> => {
    if (isOver.current) return;
    isOver.current = true;
    const next = text.trim();
    const isDone = !save || next === "" || next === before || (await renameSession(sessionId, next));
    if (isDone) close();
    else isOver.current = false;
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
      onBlur={() => void end(true)}
      onKeyDown={(event) => {
        if (ime.owns(event)) return;
        if (event.key === "Enter") void end(true);
        else if (event.key === "Escape") {
          event.stopPropagation();
          void end(false);
        }
      }}
      className={className}
    />
  );
}
