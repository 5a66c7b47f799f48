/** An agent that misbehaves as its prompt says; without dependencies, so that it starts in any sandbox. */
import { createInterface } from "node:readline";

interface Message {
  id?: number;
  method?: string;
  params?: { prompt?: { text?: string }[] };
  result?: unknown;
  error?: unknown;
}

const SESSION = "mine";
const answers = new Map<number, (message: Message) => void>();
let requests = 1_000;

const send = (message: object): void => {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
};
const say = (text: string, sessionId = SESSION): void =>
  send({
    method: "session/update",
    params: { sessionId, update: { sessionUpdate: "agent_message_chunk", content: { type: "text", text } } },
  });
const ask = async (method: string, params: object): Promise<void> => {
  requests += 1;
  const { promise, resolve } = Promise.withResolvers<Message>();
  answers.set(requests, resolve);
  send({ id: requests, method, params });
  const { error } = await promise;
  say(error === undefined ? " done" : " refused");
};

/** Writes without end, and without a line's end. */
function flood(): void {
  const piece = Buffer.alloc(65_536, "x");
  while (process.stdout.write(piece));
  process.stdout.once("drain", flood);
}

async function turn(prompt: string, id: number | undefined): Promise<void> {
  const end = (result: unknown): void => send({ id, result });
  switch (prompt) {
    case "endless":
      return flood();
    case "long":
      say("x".repeat(40_000_000));
      return end({ stopReason: "end_turn" });
    case "another session": {
      const sessionId = "not-mine";
      say("MINE");
      say("THEIRS", sessionId);
      const toolCall = { toolCallId: "c", title: "x", kind: "execute", rawInput: { command: "touch x" } };
      const options = [{ optionId: "y", name: "Yes", kind: "allow_once" }];
      await ask("session/request_permission", { sessionId, toolCall, options });
      await ask("fs/write_text_file", { sessionId, path: `${process.cwd()}/theirs.txt`, content: "x" });
      await ask("terminal/create", { sessionId, command: "touch theirs.txt" });
      return end({ stopReason: "end_turn" });
    }
    case "nothing":
      return end(null);
    case "no reason":
      return end({});
    case "bored":
      return end({ stopReason: "bored" });
    case "calls":
      for (let call = 0; call < 1_100; call++) {
        const update = { sessionUpdate: "tool_call", toolCallId: `c${call}`, title: "x", status: "pending" };
        send({ method: "session/update", params: { sessionId: SESSION, update } });
      }
      return;
    case "values":
      send({ method: "x/y", params: Array.from({ length: 200_000 }, () => ({})) });
      return;
    case "usage":
      return end({ stopReason: "end_turn", usage: { inputTokens: 1e300, outputTokens: -5 } });
    default:
      say("ok");
      return end({ stopReason: "end_turn" });
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params, ...answer } = JSON.parse(line) as Message;
  const broken = process.env["BROKEN"];
  if (method === "initialize") {
    send({ id, result: broken === "initialize" ? null : { protocolVersion: 1, agentCapabilities: {} } });
  } else if (method === "session/new")
    send({ id, result: broken === "session" ? {} : { sessionId: SESSION } });
  else if (method === "session/prompt") void turn(params?.prompt?.at(-1)?.text?.trim() ?? "", id);
  else if (method === undefined && id !== undefined) answers.get(id)?.(answer);
}
