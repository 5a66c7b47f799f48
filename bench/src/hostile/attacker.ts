import { followTask, type TrunklineClient } from "@trunkline/client";
import { isTerminalEvent } from "@trunkline/testkit";

/** An ordinary user of the server. */
export class Attacker {
  readonly #url: string;
  readonly #token: string;
  readonly #client: TrunklineClient;
  readonly #signal: AbortSignal;

  /** @param options.signal ends its waits */
  constructor(options: { url: string; token: string; client: TrunklineClient; signal: AbortSignal }) {
    this.#url = options.url;
    this.#token = options.token;
    this.#client = options.client;
    this.#signal = options.signal;
  }

  /** Runs a task to its end. @returns its session's id */
  async run(prompt: string, sessionId?: string): Promise<string> {
    const task = await this.#client.task.submit.mutate(
      { prompt, ...(sessionId !== undefined && { sessionId }) },
      { signal: this.#signal },
    );
    for await (const event of followTask(this.#client, { ...task, signal: this.#signal })) {
      if (isTerminalEvent(event)) break;
    }
    return task.sessionId;
  }

  /** @returns the query's result; undefined if refused */
  async query(procedure: string, input: object): Promise<unknown> {
    return this.#call(`${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`);
  }

  /** @param body JSON text. @returns the mutation's result; undefined if refused */
  async post(procedure: string, body: string): Promise<unknown> {
    return this.#call(procedure, body);
  }

  /** @param document JSON of any size. @returns the import's result; undefined if refused */
  async import(document: string): Promise<unknown> {
    const { text, ok } = await this.#send("/api/sessions/import", document);
    return ok ? (JSON.parse(text) as unknown) : undefined;
  }

  /** A whole session as one document. */
  async export(sessionId: string): Promise<void> {
    await this.#send(`/api/sessions/${sessionId}/export`);
  }

  async #call(target: string, body?: string): Promise<unknown> {
    const { text, ok } = await this.#send(`/trpc/${target}`, body);
    return ok ? (JSON.parse(text) as { result: { data: unknown } }).result.data : undefined;
  }

  async #send(path: string, body?: string): Promise<{ text: string; ok: boolean }> {
    const answer = await fetch(`${this.#url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body }),
      signal: this.#signal,
    });
    return { text: await answer.text(), ok: answer.ok };
  }
}
