type Handlers<Protocol extends Record<string, { request: unknown; reply: unknown }>> = {
  [Name in keyof Protocol]: (request: Protocol[Name]["request"]) => Promise<Protocol[Name]["reply"]>;
};

/** The other side of `Remote`: answers requests until the parent is gone, and ends with it. */
export function answerRequests<Protocol extends Record<string, { request: unknown; reply: unknown }>>(
  handlers: Handlers<Protocol>,
): void {
  const answer = async (name: keyof Protocol, request: unknown): Promise<void> => {
    try {
      const value: unknown = await handlers[name](request);
      process.send?.({ ok: true, value });
    } catch (error) {
      process.send?.({
        ok: false,
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
    }
  };
  process.on("message", (message) => {
    const { name, request } = message as { name: keyof Protocol; request: unknown };
    void answer(name, request);
  });
  process.once("disconnect", () => process.exit());
}
