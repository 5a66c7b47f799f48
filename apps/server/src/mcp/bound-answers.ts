import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { BrokenConnectionError } from "./broken-connection.ts";

/** Answers that may be under way at once: each is a connection of its own. */
const MAX_ANSWERS = 32;

/** Ends the connection to a server that asks for more than it takes the answers of: it asks as much as it likes, and each answer costs. */
export function boundAnswers(transport: Transport): Transport {
  const send = transport.send.bind(transport);
  let answers = 0;
  transport.send = async (message, options) => {
    if ("method" in message) return send(message, options);
    if (answers >= MAX_ANSWERS) {
      const broken = new BrokenConnectionError(
        `It asks without taking the answers: ${MAX_ANSWERS} were under way`,
      );
      transport.onerror?.(broken);
      await transport.close();
      throw broken;
    }
    answers += 1;
    try {
      return await send(message, options);
    } finally {
      answers -= 1;
    }
  };
  return transport;
}
