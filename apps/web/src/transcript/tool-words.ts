import type { Json } from "@trunkline/contract";
import {
  FilePen,
  FilePlus2,
  FileText,
  FolderTree,
  type LucideIcon,
  SquareTerminal,
  Wrench,
} from "lucide-react";
import { revealHidden } from "../text/reveal-hidden.ts";

/** How a call is shown in a line: what it is for, and what it is about. */
export interface ToolWords {
  icon: LucideIcon;
  /** For screen readers, and in front of a target that alone would say too little. */
  verb: string;
  target: string;
}

/** Only looks: several of them in a row are one line. */
const READS = new Set(["read_file", "list_files"]);

export const isRead = (tool: string | null): boolean => tool !== null && READS.has(tool);

/** What cannot be seen in them is shown: nobody shall take one command for another. */
export function toolWords(tool: string | null, input: Json): ToolWords {
  const { icon, verb, target } = words(tool, input);
  return { icon, verb: revealHidden(verb), target: revealHidden(target) };
}

function words(tool: string | null, input: Json): ToolWords {
  switch (tool) {
    case "bash":
      return { icon: SquareTerminal, verb: "Ran", target: firstLine(field(input, "command")) };
    case "read_file":
      return { icon: FileText, verb: "Read", target: field(input, "path") };
    case "list_files":
      return {
        icon: FolderTree,
        verb: "Listed",
        target: field(input, "glob") || field(input, "path") || ".",
      };
    case "write_file":
      return { icon: FilePlus2, verb: "Wrote", target: field(input, "path") };
    case "edit_file":
      return { icon: FilePen, verb: "Edited", target: field(input, "path") };
    case null:
      return { icon: Wrench, verb: "Tool call", target: "" };
    default:
      return { icon: Wrench, verb: tool, target: summary(input) };
  }
}

/** @returns the text that an input has under a name; empty where it has none. */
export function field(input: Json, name: string): string {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return "";
  const value = input[name];
  return typeof value === "string" ? value : "";
}

function firstLine(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length < text.trim().length ? `${line} …` : line;
}

/** Longer is cut off by the screen anyway. */
const MAX_SUMMARY = 300;

function summary(input: Json): string {
  if (typeof input === "object" && input !== null && !Array.isArray(input)) {
    const values = Object.values(input).filter((value) => typeof value !== "object");
    if (values.length > 0) return values.join("  ").slice(0, MAX_SUMMARY);
  }
  const text = JSON.stringify(input);
  return text === "{}" || text === "null" ? "" : text.slice(0, MAX_SUMMARY);
}
