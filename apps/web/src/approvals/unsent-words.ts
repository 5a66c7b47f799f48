import { useEffect, useRef } from "react";
import { draftOf, forgetDraft } from "../composer/draft.ts";
import { showToast } from "../ui/toasts.ts";
import { answersUnderway } from "./answers-underway.ts";
import { typedFrom } from "./typed-form.ts";
import type { OpenApproval } from "./open-approvals.ts";

/** Key under which what is written for a request is kept until it is answered. */
export const notePlace = (id: string): string => `note:${id}`;
/** The same of what is chosen for it. */
export const choicePlace = (id: string): string => `choice:${id}`;

/** What was written and chosen for a request that was answered. */
export function forgetWords(id: string): void {
  for (const place of [notePlace(id), choicePlace(id)]) forgetDraft(place);
}

/**
 * What was written for a request that takes no answer any more goes to its session's message box.
 *
 * @returns whether there was anything
 */
export function keepUnsentWords(
  id: string,
  { sessionId, isForm }: { sessionId: string; isForm: boolean },
): boolean {
  const written = draftOf(notePlace(id)).text();
  const fields = (): string[] =>
    Object.entries(typedFrom(written)).map(([name, value]) => `${name}: ${String(value)}`);
  const text = isForm ? fields().join("\n") : written;
  forgetWords(id);
  if (text.trim() === "") return false;
  draftOf(sessionId).giveBack({ text, files: [] });
  return true;
}

/**
 * Looks after what is being written for requests that are answered elsewhere, or run out of time.
 *
 * @param open null: it is not known which are open, which is no reason to take one for settled
 */
export function useUnsentWords(
  open: readonly { request: OpenApproval; sessionId: string | null }[] | null,
  isHere: boolean,
): void {
  const before = useRef(open ?? []);
  useEffect(() => {
    if (open === null) return;
    const still = new Set(open.map(({ request }) => request.approvalId));
    for (const { request, sessionId } of before.current) {
      const { approvalId: id, question } = request;
      if (still.has(id) || sessionId === null || answersUnderway.getState().includes(id)) continue;
      if (!keepUnsentWords(id, { sessionId, isForm: (question?.form ?? null) !== null })) continue;
      showToast("This needs no answer any more", {
        detail: `What you wrote is in the ${isHere ? "message box" : "session's message box"}.`,
        link: isHere ? undefined : { label: "Show", href: `/s/${sessionId}` },
      });
    }
    before.current = open;
  }, [open, isHere]);
}
