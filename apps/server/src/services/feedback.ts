import type { Publication } from "@trunkline/contract";
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
  if (request === null) return { request, checks, comments: [], prompt: null };
  const comments = await forge.comments(request.number);
  const known = await broughtBack(store, sessionId, request.url);
  const prompt = publisher.reviewPrompt({
    request,
    failed: checks.filter(({ state }) => state === "failed"),
    comments: comments.filter(({ resolved }) => !resolved),
    known,
  });
  return { request, checks, comments, prompt };
}

async function broughtBack({ events }: Store, sessionId: string, url: string): Promise<Set<string>> {
  const items = new Set<string>();
  for await (const { data } of events.ofTypes(sessionId, ["task.submitted"])) {
    if (data.broughtBack?.url !== url) continue;
    for (const item of data.broughtBack.items) items.add(item);
  }
  return items;
}
