import { type Effort, MAX_TITLE_LENGTH } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { StoredDraft } from "../store/port.ts";
import type { ChosenWorkspace } from "./choose-workspace.ts";

const DEFAULT_AGENT = "default";

/** The first event of a session; ids are random enough for a thousand created at once. */
export function newSession(given: {
  title: string;
  isTitleGiven?: boolean;
  model: string | null;
  agent?: string | undefined;
  effort?: Effort | undefined;
  workspace?: ChosenWorkspace;
}): {
  id: string;
  event: StoredDraft;
} {
  const { title, model, effort, agent = DEFAULT_AGENT, workspace = {}, isTitleGiven = false } = given;
  const id = uuidv7();
  const branch = workspace.workspaceKind === "clone" ? { branch: branchName(title, id) } : {};
  const event = {
    taskId: null,
    type: "session.created",
    data: {
      title,
      ...(isTitleGiven && { isTitleGiven }),
      model,
      ...(effort !== undefined && { effort }),
      agent,
      ...workspace,
      ...branch,
    },
  } as const;
  return { id, event };
}

const MAX_SLUG_LENGTH = 40;

/** A branch that no other session has, and that people recognise. */
export function branchName(title: string, sessionId: string): string {
  const words = title
    .normalize("NFKD")
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  const slug = words?.join("-").slice(0, MAX_SLUG_LENGTH).replace(/-+$/, "") || "session";
  return `trunkline/${slug}-${sessionId.slice(-6)}`;
}

export const UNTITLED = "New session";

/** Default title: the prompt's first line. */
export function titleFromPrompt(prompt: string): string {
  const line = prompt
    .trim()
    .replace(/\n[^]*$/, "")
    .trim();
  const limit = Math.min(80, MAX_TITLE_LENGTH);
  if (line.length <= limit) return line;
  // Don't split a surrogate pair.
  const start = line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "");
  return `${start.trimEnd()}…`;
}
