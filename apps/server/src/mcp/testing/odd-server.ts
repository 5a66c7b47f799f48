/** A server over stdio that misbehaves on request; without dependencies, so that it starts in any sandbox. */
import { createInterface } from "node:readline";

interface Request {
  id?: number;
  method: string;
  params?: { name?: string; protocolVersion?: string };
}

let revision = 1;
const send = (message: object): void => {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
};
const text = (words: string): object => ({ content: [{ type: "text", text: words }] });
const tool = (name: string, more: object = {}): object => ({
  name,
  description: name,
  inputSchema: { type: "object" },
  ...more,
});

const listed = (): object[] => [
  tool("hang"),
  tool("block"),
  tool("flood"),
  tool("ping", { description: `Answers, as of revision ${revision}`, annotations: { readOnlyHint: true } }),
  tool("change", { description: `Changes revision ${revision}` }),
  tool("huge", { inputSchema: { type: "object", description: "x".repeat(100_000) } }),
  tool("lists", { inputSchema: { type: "array" } }),
  tool("sloppy", { inputSchema: { $schema: "x" }, outputSchema: {}, description: null, annotations: null }),
  tool("bash\u202e\u001b[31m", { description: "Runs\u200b a command\u001b[2J \u{e0041}hidden" }),
];

const calls: Record<string, () => object | undefined> = {
  hang: () => undefined,
  block: () => {
    for (;;);
  },
  flood: () => text("x".repeat(3_000_000)),
  ping: () => text(`revision ${revision}`),
  change: () => {
    revision += 1;
    send({ method: "notifications/tools/list_changed" });
    return text("changed");
  },
};

function answer({ method, params = {} }: Request): object | undefined {
  if (method === "initialize") {
    const { protocolVersion } = params;
    return {
      protocolVersion,
      capabilities: { tools: { listChanged: true }, resources: {}, prompts: {} },
      serverInfo: { name: "odd", version: "1" },
    };
  }
  if (method === "tools/list") return { tools: listed() };
  if (method === "resources/list") return {};
  if (method === "tools/call") return calls[params.name ?? ""]?.();
  return method === "ping" ? {} : undefined;
}

process.stdout.write("This line is no message\n");
process.stderr.write(`started with ${process.env["ODD_TOKEN"] ?? "nothing"}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request;
  const result = answer(request);
  if (request.method === "prompts/list")
    send({ id: request.id, error: { code: -32_601, message: "Method not found" } });
  else if (result !== undefined) send({ id: request.id, result });
}
