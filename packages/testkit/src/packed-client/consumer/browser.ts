/* Bundled for a page and run in it; see e2e/tests/installed-client.spec.ts. */
import { createClient, endStateOf, followSession, isApiError, type FollowState } from "@trunkline/client";

/** Browser types are not available here. */
const browserDocument = (globalThis as unknown as { document: { title: string } }).document;

/** @returns a task's answer, and the states of its stream */
export async function ask(
  url: string,
  token: string,
  prompt: string,
): Promise<{ state: string; text: string; seqs: number[]; statuses: string[] }> {
  const client = createClient({ url, token });
  const { sessionId } = await client.task.submit.mutate({ prompt });
  const answer = { state: "none", text: "", seqs: [] as number[], statuses: [] as string[] };
  const onState = ({ status }: FollowState): void => {
    answer.statuses.push(status);
    // For whoever watches the page.
    browserDocument.title = answer.statuses.join(" ");
  };
  const left = new AbortController();
  for await (const { events } of followSession(client, { sessionId, onState, signal: left.signal })) {
    for (const event of events) {
      answer.seqs.push(event.seq);
      if (event.type === "text.ended") answer.text += event.data.text;
      const state = endStateOf(event);
      if (state === null) continue;
      answer.state = state;
      left.abort();
    }
  }
  return answer;
}

/** @returns why the server refuses the token */
export async function refusal(url: string, token: string): Promise<string> {
  try {
    await createClient({ url, token }).session.list.query({});
    return "none";
  } catch (error) {
    return isApiError(error) ? error.reason : String(error);
  }
}
