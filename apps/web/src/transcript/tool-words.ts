import {
  callDisplay,
  inputText as field,
  type EventDataOf,
  type Json,
  type Location,
  type ToolKind,
} from "@trunkline/contract";
import {
  Brain,
  FilePen,
  FileSymlink,
  FileText,
  FileX,
  Globe,
  ListChecks,
  type LucideIcon,
  MessageCircleQuestionMark,
  Search,
  SquareTerminal,
  Wrench,
} from "lucide-react";
import { revealHidden } from "../text/reveal-hidden.ts";

export interface CallNature {
  title?: string | undefined;
  toolKind?: ToolKind | undefined;
  locations?: readonly Location[] | undefined;
}

/** A call as its event describes it. */
export function callOf({ kind, ...call }: EventDataOf<"tool.called">): Call & { tool: string } {
  return { ...call, toolKind: kind };
}

type Call = CallNature & { tool: string | null; input: Json };

/** What the call says about itself; the contract covers logs from before calls did. */
export function callKind({ tool, toolKind }: Pick<Call, "tool" | "toolKind">): ToolKind {
  const { kind } = callDisplay({ tool, input: null, kind: toolKind });
  // A newer server may have more.
  return Object.hasOwn(LOOKS, kind) ? kind : "other";
}

/** Read-only: several in a row are shown as one line. */
export function isRead(call: Pick<Call, "tool" | "toolKind">): boolean {
  const kind = callKind(call);
  return kind === "read" || kind === "search";
}

/** A call as one line: its action and target. */
export interface ToolWords {
  icon: LucideIcon;
  /** For screen readers, and for targets that would be unclear alone. */
  verb: string;
  target: string;
}

const LOOKS: Readonly<Record<ToolKind, { icon: LucideIcon; verb: string }>> = {
  read: { icon: FileText, verb: "Read" },
  edit: { icon: FilePen, verb: "Edited" },
  delete: { icon: FileX, verb: "Deleted" },
  move: { icon: FileSymlink, verb: "Moved" },
  search: { icon: Search, verb: "Searched" },
  execute: { icon: SquareTerminal, verb: "Ran" },
  think: { icon: Brain, verb: "Thought" },
  fetch: { icon: Globe, verb: "Fetched" },
  other: { icon: Wrench, verb: "Tool call" },
};

/** Our own tools whose kind says little. */
const OWN: Readonly<Record<string, { icon: LucideIcon; verb: string }>> = {
  plan: { icon: ListChecks, verb: "Plan" },
  ask_user: { icon: MessageCircleQuestionMark, verb: "Asked" },
};

/** Invisible characters are revealed: nobody must mistake one command for another. */
export function toolWords(call: Call): ToolWords {
  const kind = callKind(call);
  const own = call.tool !== null && Object.hasOwn(OWN, call.tool) ? OWN[call.tool] : undefined;
  const { icon, verb } = own ?? LOOKS[kind];
  return {
    icon,
    verb: revealHidden(own?.verb ?? verbOf(call, kind, verb)),
    target: revealHidden(targetOf(call, kind)),
  };
}

function verbOf({ tool, input }: Call, kind: ToolKind, verb: string): string {
  if (kind === "other") return tool ?? verb;
  if (kind === "edit" && field(input, "content") !== "") return "Wrote";
  return kind === "search" && field(input, "pattern") === "" ? "Listed" : verb;
}

function targetOf(call: Call, kind: ToolKind): string {
  const { input, title } = call;
  switch (kind) {
    case "execute":
    case "fetch":
      // The title is for people; the actual command or path is for whoever has to trust it.
      return firstOf(field(input, "command"), field(input, "url"), titleOf(input, title));
    case "search":
      return firstOf(field(input, "pattern"), field(input, "glob"), pathOf(call), title ?? ".");
    case "read":
    case "edit":
    case "delete":
    case "move":
      return firstOf(pathOf(call), titleOf(input, title));
    default:
      return titleOf(input, title);
  }
}

const titleOf = (input: Json, title: string | undefined): string =>
  callDisplay({ tool: null, input, title }).title;

/** First line of the first non-empty one. */
function firstOf(...texts: string[]): string {
  const text = texts.map((one) => one.trim()).find((one) => one !== "") ?? "";
  const line = text.split("\n", 1)[0] ?? "";
  return line.length < text.length ? `${line} …` : line;
}

/** The call's first file; empty if it has none. */
export function pathOf({ input, locations }: CallNature & { input: Json }): string {
  return callDisplay({ tool: null, input, locations: locations?.slice() }).locations[0]?.path ?? "";
}

export { field };
