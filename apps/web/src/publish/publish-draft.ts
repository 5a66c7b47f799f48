import type { PublishInput } from "@trunkline/contract";
import { typedFrom } from "../approvals/typed-form.ts";

/** What is published, as it is typed. */
export interface PublishDraft {
  /** Null: the first that there is. */
  kind: PublishInput["kind"] | null;
  title: string;
  body: string;
  branch: string;
  isDraft: boolean;
}

/** Keys under which what is written about a session's work is kept until it is published, or sent to the agent. */
export const publishPlace = (sessionId: string): string => `publish:${sessionId}`;
export const bringBackPlace = (sessionId: string): string => `bring-back:${sessionId}`;

/** @param kept as JSON; anything else counts as nothing */
export function publishDraftOf(kept: string): PublishDraft {
  const typed = typedFrom(kept);
  const text = (name: keyof PublishDraft): string => {
    const value = typed[name];
    return typeof value === "string" ? value : "";
  };
  return {
    // Only those that are offered are taken.
    kind: (text("kind") || null) as PublishDraft["kind"],
    title: text("title"),
    body: text("body"),
    branch: text("branch"),
    isDraft: typed["isDraft"] === true,
  };
}
