/**
 * A server over stdio that asks its user in the middle of calls; without dependencies, so that it starts in any sandbox, and
 * for the machine's own Node, from 20 on.
 */
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";

interface Message {
  id?: number | string;
  method?: string;
  params?: { name?: string; arguments?: { for?: string }; protocolVersion?: string };
  result?: unknown;
}

const waiting = new Map<string, (answer: unknown) => void>();
const send = (message: object): void => {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
};
const requestedSchema = {
  type: "object",
  properties: { name: { type: "string", title: "Name", minLength: 1 } },
  required: ["name"],
};

async function ask(message: string): Promise<string> {
  const id = randomUUID();
  const answered = new Promise((resolve) => waiting.set(id, resolve));
  send({ id, method: "elicitation/create", params: { message, requestedSchema } });
  return JSON.stringify(await answered);
}

/** How they ask; each tells what it heard. */
const TOOLS: Record<string, (what: string) => Promise<string[]>> = {
  sign: async (what) => [await ask(`Sign for ${what}?`)],
  /** Never the same question. */
  guess: async (what) => [await ask(`Sign for ${what} with ${randomUUID()}?`)],
  /** Two, one after the other. */
  witness: async (what) => [await ask(`Sign for ${what}?`), await ask(`Who has seen ${what}?`)],
};

async function answer({ method, params = {} }: Message): Promise<object | undefined> {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "asking", version: "1" },
      };
    case "tools/list":
      return { tools: Object.keys(TOOLS).map((name) => ({ name, inputSchema: { type: "object" } })) };
    case "tools/call": {
      const heard = await TOOLS[params.name ?? ""]?.(params.arguments?.for ?? "");
      return { content: [{ type: "text", text: `heard ${heard?.join(" and ")}` }] };
    }
    default:
      return method === "ping" ? {} : undefined;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as Message;
  const { id, method } = message;
  if (method === undefined) waiting.get(String(id))?.(message.result);
  else void answer(message).then((result) => result !== undefined && send({ id, result }));
}
