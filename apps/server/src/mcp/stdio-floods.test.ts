import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { describe, expect, it } from "vitest";
import { Pace } from "../common/pace.ts";
import { boundAnswers } from "./bound-answers.ts";
import { StdioTransport } from "./stdio-transport.ts";

/** Speaks with a program of this source. @returns why its connection ended */
async function faultOf(source: string, taken: (transport: Transport) => void = () => undefined) {
  const transport = boundAnswers(
    new StdioTransport(
      async ({ onOutput }) => {
        const child = spawn(process.execPath, ["-e", source], { stdio: ["pipe", "pipe", "ignore"] });
        const exited = once(child, "exit").then(() => ({ code: 0, signal: null }));
        void (async () => {
          for await (const bytes of child.stdout) await onOutput(bytes as Buffer);
        })();
        const end = async (): Promise<number[]> => {
          child.kill("SIGKILL");
          await exited;
          return [];
        };
        const record = { pid: child.pid ?? 0, startTime: 0, bootId: "", marker: "" };
        return { record, stdin: child.stdin, exited, limitReached: null, end };
      },
      () => undefined,
      new Pace(),
    ),
  );
  const { promise, resolve } = Promise.withResolvers<string>();
  // Its only hooks.
  // eslint-disable-next-line unicorn/prefer-add-event-listener
  transport.onerror = (error) => resolve(error.message);
  // eslint-disable-next-line unicorn/prefer-add-event-listener
  transport.onmessage = () => taken(transport);
  await transport.start();
  try {
    return await promise;
  } finally {
    await transport.close();
  }
}

describe("an MCP server over stdio", () => {
  it("that writes a message of more values than are parsed in one go is ended", async () => {
    const source = `process.stdout.write('{"a":[' + '{},'.repeat(100_000) + '1]}\\n'); setInterval(() => 0, 1_000)`;
    expect(await faultOf(source)).toBe("It sent a message of more than 100000 values");
  });

  it("that asks without reading the answers is ended", async () => {
    const line = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" });
    const source = `process.stdout.write(${JSON.stringify(line)}.concat('\\n').repeat(400)); setInterval(() => 0, 1_000)`;
    const answer = { jsonrpc: "2.0", id: 1, result: { text: "x".repeat(10_000) } } as const;
    const fault = await faultOf(source, (transport) => void transport.send(answer).catch(() => undefined));
    expect(fault).toMatch(/^It asks without taking the answers/);
  });
});
