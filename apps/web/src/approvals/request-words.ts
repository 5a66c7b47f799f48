import type { Json } from "@trunkline/contract";
import { lineDiff } from "../text/line-diff.ts";
import { languageOfFile } from "../markdown/language-name.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { type CallNature, callKind, field, pathOf } from "../transcript/tool-words.ts";

/** Everything to know about a request before answering it. */
export interface RequestWords {
  title: string;
  /** The action in full: none of it may be hidden for good. */
  detail: string;
  language: string | null;
  /** Why it needs an answer. */
  reason: string;
}

type Request = CallNature & {
  tool: string;
  input: Json;
  reason: string;
  question?: { form?: { server: string } | null } | null;
};

export function requestWords(request: Request): RequestWords {
  const { tool, input, reason } = request;
  const words = (title: string, detail: string, language: string | null = null): RequestWords => ({
    title: revealHidden(title),
    detail: revealHidden(detail),
    language,
    reason: reason === "" ? "" : revealHidden(reasonWords(reason, callKind(request) === "execute")),
  });
  const path = pathOf(request);
  const content = field(input, "content");
  switch (tool === "ask_user" || (request.question ?? null) !== null ? "ask" : callKind(request)) {
    case "ask": {
      const server = request.question?.form?.server;
      const who = server === undefined ? "the agent" : `the MCP server ${server}`;
      return { ...words(`Question from ${who}`, field(input, "question")), reason: "" };
    }
    case "execute":
      if (field(input, "command") !== "") return words("Run this command?", field(input, "command"), "bash");
      break;
    case "edit":
      if (path !== "" && field(input, "oldText") !== "") {
        return words(`Edit ${path}?`, lineDiff(field(input, "oldText"), field(input, "newText")), "diff");
      }
      if (content !== "" && path !== "") return words(`Write ${path}?`, content, languageOfFile(path));
      break;
    case "fetch":
      if (field(input, "url") !== "") return words("Fetch this page?", field(input, "url"));
      break;
    default:
  }
  return words(request.title ?? `Use ${tool}?`, JSON.stringify(input, null, 2), "json");
}

/** The server's reasons repeat the tool's name, which is in the title already. */
function reasonWords(reason: string, isCommand: boolean): string {
  const words = reason
    .replace(/^\S+ can /, isCommand ? "This command can " : "This call can ")
    .replace("change the workspace", "modify files in the workspace")
    .replace("change things outside", "make changes outside")
    .replace("reach the network", "access the network")
    .replace("has read text by strangers", "has read untrusted text");
  return words.endsWith(".") ? words : `${words}.`;
}

/** @returns the time left to answer: `in 23 h`, `in 4 m`, `in 0:35`. */
export function timeLeft(expiresAt: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((expiresAt - now) / 1_000));
  if (seconds < 60) return `in 0:${String(seconds).padStart(2, "0")}`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `in ${minutes} m` : `in ${Math.floor(minutes / 60)} h`;
}
