import type { Check, Publication, ReviewComment } from "@trunkline/contract";
import type { Forge, Publisher, ReviewPrompt } from "../publish/port.ts";
import type { Store } from "../store/port.ts";

export interface FoundFeedback extends Pick<Publication, "request" | "checks" | "comments"> {
  prompt: ReviewPrompt | null;
}

interface Where {
  branch: string;
  commit: string;
  /** Of the request, where the session opened or found one. */
  number: number | undefined;
}

/** Asks the forge what became of a branch, and makes a prompt of what was not brought back yet. */
export async function readFeedback(
  { store, publisher }: { store: Store; publisher: Publisher },
  forge: Forge,
  sessionId: string,
  { branch, commit, number }: Where,
): Promise<FoundFeedback> {
  const request = number === undefined ? await forge.find(branch) : await forge.get(number);
  const checks = await forge.checks(request?.commit ?? commit);
  if (request === null) return { request, checks: checks.map(shortened), comments: [], prompt: null };
  const comments = await forge.comments(request.number);
  const known = await broughtBack(store, sessionId, request.url);
  const prompt = publisher.reviewPrompt({
    request,
    failed: checks.filter(({ state }) => state === "failed"),
    comments: comments.filter(({ resolved }) => !resolved),
    known,
  });
  return { request, checks: checks.map(shortened), comments: newestThatFit(comments), prompt };
}

/** Of a comment or a check's summary, and of all comments together, in UTF-16 units. */
const MAX_TEXT_LENGTH = 20_000;
const MAX_TEXTS_LENGTH = 2_000_000;

function shortened(check: Check): Check {
  const { summary } = check;
  return summary === null ? check : { ...check, summary: cut(summary) };
}

/** In their order. */
function newestThatFit(comments: readonly ReviewComment[]): ReviewComment[] {
  const found: ReviewComment[] = [];
  let length = 0;
  for (const comment of comments.toReversed()) {
    const text = cut(comment.text);
    length += text.length;
    if (length > MAX_TEXTS_LENGTH) break;
    found.push({ ...comment, text });
  }
  return found.toReversed();
}

function cut(text: string): string {
  return text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH).toWellFormed()}…`;
}

async function broughtBack({ events }: Store, sessionId: string, url: string): Promise<Set<string>> {
  const items = new Set<string>();
  for await (const { data } of events.ofTypes(sessionId, ["task.submitted"])) {
    if (data.broughtBack?.url !== url) continue;
    for (const item of data.broughtBack.items) items.add(item);
  }
  return items;
}
