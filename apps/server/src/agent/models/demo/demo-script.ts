import type { Json } from "@trunkline/contract";

/** A command in a line of the prompt. */
export type DemoAction =
  | { type: "say"; text: string }
  | { type: "wait"; seconds: number }
  | { type: "call"; tool: string; input: Json; label: string };

/** Longest wait that a line can request. */
const MAX_WAIT_SECONDS = 3_600;

/** @returns the commands in the prompt, in order; empty if there are none. */
export function parseDemoScript(prompt: string): DemoAction[] {
  return prompt.split("\n").flatMap((line) => parseLine(line.trim()) ?? []);
}

function parseLine(line: string): DemoAction | null {
  const [, verb = "", rest = ""] = /^([a-z]+)\b\s*(.*)$/is.exec(line) ?? [];
  switch (verb.toLowerCase()) {
    case "run":
      return match(/^:\s*(.+)$/s, rest, (command) => call("bash", { command }, command));
    case "ask":
      return match(/^:\s*(.+)$/s, rest, (question) => call("ask_user", { question }, question));
    case "say":
      return match(/^:\s*(.+)$/s, rest, (text) => ({ type: "say", text: unescapeBreaks(text) }));
    case "wait":
      return match(/^:\s*(\d+(?:\.\d+)?)\s*s?$/, rest, (seconds) => ({
        type: "wait",
        seconds: Math.min(Number(seconds), MAX_WAIT_SECONDS),
      }));
    case "write":
      return match(/^([^\s:]+):\s?(.*)$/s, rest, (path, text) =>
        call("write_file", { path, content: `${unescapeBreaks(text)}\n` }, path),
      );
    case "edit":
      return match(/^([^\s:]+):\s*(.+?)\s*=>\s*(.*)$/s, rest, (path, from, to) =>
        call("edit_file", { path, oldText: unescapeBreaks(from), newText: unescapeBreaks(to) }, path),
      );
    case "read":
      return match(/^:?\s*([^\s:]+)$/, rest, (path) => call("read_file", { path }, path));
    case "fetch":
      return match(/^:?\s*(\S+)$/, rest, (url) => call("web_fetch", { url }, url));
    case "list":
      return match(/^:?\s*([^\s:]*)$/, rest, (path) =>
        call("list_files", path === "" ? {} : { path }, path === "" ? "." : path),
      );
    default:
      return null;
  }
}

function match(pattern: RegExp, text: string, build: (...groups: string[]) => DemoAction): DemoAction | null {
  const found = pattern.exec(text);
  return found === null ? null : build(...found.slice(1).map((group) => group ?? ""));
}

function call(tool: string, input: { [key: string]: Json }, label: string): DemoAction {
  return { type: "call", tool, input, label };
}

/** `\\n` stands for a line break. */
function unescapeBreaks(text: string): string {
  return text.replaceAll("\\n", "\n");
}
