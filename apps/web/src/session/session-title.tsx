import { useState } from "react";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { TitleField } from "../sessions/title-field.tsx";
import { sessionTitle } from "./session-facts.ts";

/** The title, which a click edits. */
export function SessionTitle() {
  const { sessionId } = useCurrentSession();
  const title = useSessionState(sessionTitle);
  const [isEditing, setIsEditing] = useState(false);
  if (isEditing && title !== null) {
    return (
      <TitleField
        sessionId={sessionId}
        title={title}
        close={() => setIsEditing(false)}
        className="h-7 min-w-24 grow rounded-md border border-accent bg-background px-1.5 text-sm font-medium outline-none max-md:text-[16px]"
      />
    );
  }
  return (
    <h1 dir="auto" translate="no" className="min-w-0 text-sm font-medium">
      <button
        type="button"
        data-hint="Rename"
        onClick={() => setIsEditing(true)}
        className="block max-w-full truncate rounded-md hover:underline"
      >
        {title}
      </button>
    </h1>
  );
}
