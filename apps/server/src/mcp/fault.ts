import { cleanText } from "./clean-text.ts";

const MAX_LENGTH = 600;

/** The SDK's own codes, of errors called `McpError`; by name, as the SDK is loaded with the first server. */
const REQUEST_TIMEOUT = -32_001;
const CONNECTION_CLOSED = -32_000;

/** @returns why a server does not work, for people. @param log what its program wrote last. */
export function describeFault(error: unknown, log = ""): string {
  const words = cleanText(wordsOf(error).replaceAll(/\s+/g, " ").trim(), MAX_LENGTH);
  const last = cleanText(lastWords(log), 200).trim();
  return last === "" ? words : `${words}. Its last words: ${last}`;
}

/** How programs and package managers call what is wrong. */
const COMPLAINT = /\b(?:\w*error|fatal|not found|cannot|can't|denied)\b/i;

/** Below what is wrong, runtimes print a stack and their version. */
function lastWords(log: string): string {
  const lines = log.trim().split("\n").slice(-30);
  const complaint = lines.find((line) => COMPLAINT.test(line) && !/^\s*at /.test(line));
  return complaint ?? lines.at(-1) ?? "";
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "McpError") {
    const code: unknown = Reflect.get(error, "code");
    if (code === REQUEST_TIMEOUT) return "It did not answer in time";
    if (code === CONNECTION_CLOSED) return "It ended, or closed the connection";
  }
  if (isIll(error)) {
    const [first] = error.issues;
    const where = first === undefined || first.path.length === 0 ? "" : ` (${first.path.join(".")})`;
    return `It answered with something that is not as MCP has it${where}`;
  }
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message.replace(/^Streamable HTTP error: /, "") : String(first);
}

/** The SDK's own words are for programmers. */
function isIll(error: Error): error is Error & { issues: { path: PropertyKey[] }[] } {
  return "issues" in error && Array.isArray(error.issues);
}
