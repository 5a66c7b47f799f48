import type { DiffLine } from "../changes/parse-diff.ts";
import { linesName, type ReviewComment } from "./review-comment.ts";

const SIGNS: Readonly<Record<DiffLine["kind"], string>> = {
  context: " ",
  added: "+",
  deleted: "-",
  hunk: " ",
  note: "\\ ",
};
/** Longer lines are cut, in UTF-16 units. */
const MAX_LINE = 400;

/** A comment, and whether its lines are not in the diff any more. */
export interface CommentToSend {
  comment: ReviewComment;
  isOutdated: boolean;
}

/** All comments as one prompt: file, lines, the code as a diff, and what is to be done about it. */
export function reviewPrompt(comments: readonly CommentToSend[], note: string): string {
  const intro = note.trim() === "" ? "Please address my review comments on your changes." : note.trim();
  const parts = comments.map(({ comment, isOutdated }, index) => {
    const { path, lines, text } = comment;
    const outdated = isOutdated ? " (these lines have changed since)" : "";
    const quote = lines.map((line) => SIGNS[line.kind] + cut(line.text)).join("\n");
    const fence = fenceFor(quote);
    return `${index + 1}. ${codeSpan(path)}, ${linesName(lines)}${outdated}\n${fence}diff\n${quote}\n${fence}\n${text.trim()}`;
  });
  return [intro, ...parts].join("\n\n");
}

const cut = (text: string): string => (text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text);

/** A fence that the code itself does not contain. */
function fenceFor(code: string): string {
  const longest = Math.max(2, ...Array.from(code.matchAll(/`+/g), ([run]) => run.length));
  return "`".repeat(longest + 1);
}

const codeSpan = (text: string): string => (text.includes("`") ? text : `\`${text}\``);
