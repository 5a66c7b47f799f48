import { createParser } from "eventsource-parser";

export interface SseMessage {
  id?: string;
  /** Absent for a message without a name; "comment" for a comment. */
  event?: string;
  data: string;
}

/**
 * Opens a stream and reads its messages and comments, in order, until the caller leaves or the server ends it.
 * @throws Error with the response if it is not a stream
 */
export async function* sseMessages(
  url: string,
  { token, lastEventId }: { token: string; lastEventId?: string },
): AsyncGenerator<SseMessage, void> {
  const leaving = new AbortController();
  const answer = await fetch(url, {
    signal: leaving.signal,
    headers: {
      accept: "text/event-stream",
      authorization: `Bearer ${token}`,
      ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
    },
  });
  if (!answer.ok || answer.body === null) throw new Error(`${answer.status} ${await answer.text()}`);
  const read: SseMessage[] = [];
  const parser = createParser({
    onEvent: (message) => read.push(message),
    onComment: (data) => read.push({ event: "comment", data }),
  });
  try {
    for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
      parser.feed(text);
      yield* read.splice(0);
    }
  } finally {
    leaving.abort();
  }
}
