import { exactText, isStar, patternWords } from "./command-words.ts";
import { parseHostTerm } from "./host-term.ts";
import { isPathTerm } from "./path-term.ts";

interface Terms {
  effect: "allow" | "ask" | "deny";
  tool?: string | undefined;
  pattern?: string | undefined;
  path?: string | undefined;
  host?: string | undefined;
}

/** What is wrong with a rule's terms, and what to do; null: nothing. */
export function faultOfTerms(
  rule: Terms,
): { term: "tool" | "pattern" | "path" | "host"; message: string } | null {
  const { effect, tool, pattern, path, host } = rule;
  const given = [pattern, path, host].filter((term) => term !== undefined).length;
  if (given > 1) {
    return {
      term: "pattern",
      message: "Name a command, a path or a host: no call has more than one of them",
    };
  }
  if (given === 0 && tool === undefined) {
    return { term: "tool", message: "Name a tool, a command, a path or a host; the tool '*' is every tool" };
  }
  if (pattern !== undefined && effect === "allow") return faultOfAllowed(pattern);
  if (path !== undefined && !isPathTerm(path)) {
    return {
      term: "path",
      message: "Write a path relative to the workspace, without '.' and '..', such as src/** or *.md",
    };
  }
  if (host !== undefined && parseHostTerm(host) === null) {
    return {
      term: "host",
      message: "Write a host, such as example.com, *.example.com or git.example.com:8443",
    };
  }
  return null;
}

/** What can't be read for certain could allow more than it says. */
function faultOfAllowed(pattern: string): ReturnType<typeof faultOfTerms> {
  if (exactText(pattern) !== null) return null;
  const words = patternWords(pattern);
  if (words === null) {
    return {
      term: "pattern",
      message:
        "A command with '*' can only be of plain words, without ; & | < > $ ( ) and the like. To allow one command exactly as " +
        "it is, write its stars as \\*",
    };
  }
  const [program] = words;
  if (program === undefined || program.length > 1 || isStar(program)) {
    return { term: "pattern", message: "Name the program: the first word can't have a '*'" };
  }
  return null;
}
