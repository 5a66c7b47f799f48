import type { ReceivedTokens } from "../processes/subscribers-protocol.ts";

/** A process that reads the provider directly. */
export type DirectProtocol = {
  read: {
    request: { providerUrl: string; by: "fetch" | "sdk"; streams: number; prompt: string };
    reply: ReceivedTokens & { startedAtUs: number };
  };
};
