import type { Json } from "@trunkline/contract";
import { languageOfFile } from "../markdown/language-name.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { field } from "../transcript/tool-words.ts";

/** What is asked, and all that there is to know about it before one answers. */
export interface RequestWords {
  question: string;
  /** What would be done, in full: nothing of it may be out of sight for good. */
  detail: string;
  language: string | null;
  /** Whether the model wants to know something, and not to do something. */
  isQuestion: boolean;
}

export function requestWords({ tool, input }: { tool: string; input: Json }): RequestWords {
  const words = (question: string, detail: string, language: string | null = null): RequestWords => ({
    question,
    detail: revealHidden(detail),
    language,
    isQuestion: false,
  });
  switch (tool) {
    case "ask_user":
      return { ...words("It asks you", field(input, "question")), isQuestion: true };
    case "bash":
      return words("Run this command?", field(input, "command"), "bash");
    case "write_file": {
      const path = field(input, "path");
      return words(`Write ${revealHidden(path)}?`, field(input, "content"), languageOfFile(path));
    }
    case "web_fetch":
      return words("Read this page?", field(input, "url"));
    default:
      return words(`Use ${revealHidden(tool)}?`, JSON.stringify(input, null, 2), "json");
  }
}

/** @returns how long is left to answer: `in 23 h`, `in 4 m`, `in 0:35`. */
export function timeLeft(expiresAt: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((expiresAt - now) / 1_000));
  if (seconds < 60) return `in 0:${String(seconds).padStart(2, "0")}`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `in ${minutes} m` : `in ${Math.floor(minutes / 60)} h`;
}
