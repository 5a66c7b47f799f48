/** What an agent writes, as a stream. Once its reader has given up, the rest is dropped. */
export class AgentOutput {
  readonly stream: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor() {
    this.stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#controller = undefined;
      },
    });
  }

  /** @param bytes of a buffer that is used again. */
  push(bytes: Uint8Array): void {
    this.#controller?.enqueue(Uint8Array.from(bytes));
  }
}
