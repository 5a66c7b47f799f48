import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { AgentCall } from "../agent/acp/agent-call.ts";
import { clip } from "../agent/provider-fault.ts";
import { shortened } from "../agent/shortened-text.ts";
import { legalToolName, toolNameFor } from "../agent/tool-name.ts";
import { cleanText } from "../mcp/clean-text.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const TEXTS = 40;
const LENGTH = 1_000_000;

/** A text of its own, as it comes out of a parsed message. */
const longText = (index: number): string => Buffer.alloc(LENGTH, 97 + (index % 26)).toString("latin1");

function titleOf(title: string): string {
  const call = new AgentCall("c", "/w");
  call.learn({ title });
  return call.title;
}

const heapUsed = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

it.each<[string, (text: string) => string]>([
  ["a shortened output of an old step", (text) => shortened(text, 2_000)],
  ["an agent's title of a call", titleOf],
  ["a name of a tool", legalToolName],
  ["a name that no tool has", (name) => toolNameFor(name, ["bash"])],
  ["words of an MCP server", (text) => cleanText(text, 4_000)],
  ["words of a provider", clip],
])("%s keeps none of what was cut from it", (_, cut) => {
  cut(longText(0));
  const before = heapUsed();
  const kept: string[] = [];
  for (let index = 0; index < TEXTS; index++) kept.push(cut(longText(index)));
  const held = heapUsed() - before;
  expect(kept.every((text) => text.length < 5_000)).toBe(true);
  expect(held).toBeLessThan((TEXTS * LENGTH) / 10);
});
