import { relative, resolve, sep } from "node:path";
import { fitPath, fits, isAtHost, parseHostTerm, type RuleTerms } from "@trunkline/contract";
import type { CallToJudge } from "../port.ts";
import { type Match, ReadableCommand } from "./match-command.ts";

/** What rules compare of a call. */
export class JudgedCall {
  readonly #tool: CallToJudge["tool"];
  readonly #command: ReadableCommand | undefined;
  readonly #address: string | undefined;
  /** Relative to the workspace; null: outside of it. */
  readonly #paths: readonly (string | null)[];

  constructor({ tool, input, workspace }: CallToJudge) {
    this.#tool = tool;
    const command = tool.command?.(input);
    this.#command = command === undefined ? undefined : new ReadableCommand(command);
    this.#address = tool.address?.(input);
    this.#paths = (tool.locations?.(input) ?? []).map(({ path }) => relativePath(workspace, path));
  }

  /** Whether the rule can be about calls of this tool. One that names a revision is not about any other. */
  concerns({ tool }: RuleTerms): boolean {
    const { name, revision } = this.#tool;
    if (tool === undefined || fits(tool.split("*"), name)) return true;
    return revision !== undefined && fits(tool.split("*"), `${name}:${revision}`);
  }

  /** Whether the rule says for certain that the whole call is meant: for a rule that allows. */
  fitsForCertain(rule: RuleTerms): boolean {
    const { pattern, path, host } = rule;
    if (!this.concerns(rule)) return false;
    if (pattern !== undefined) return this.#command?.fitsForCertain(pattern) ?? false;
    if (host !== undefined) return this.#isAt(host);
    if (path === undefined) return true;
    const isOfFiles = FILE_KINDS.has(this.#tool.kind) && this.#paths.length > 0;
    return isOfFiles && this.#paths.every((each) => each !== null && fitPath(path, each, NARROWLY) === "yes");
  }

  /** Whether any of the call is, or may be, meant: for a rule that asks or denies. */
  mayFit(rule: RuleTerms): Match {
    const { pattern, path, host } = rule;
    if (!this.concerns(rule)) return "no";
    if (pattern !== undefined) return this.#command?.mayFit(pattern) ?? "no";
    if (host !== undefined) return this.#isAt(host) ? "yes" : "no";
    return path === undefined ? "yes" : this.#mayTouch(path);
  }

  #isAt(host: string): boolean {
    const term = parseHostTerm(host);
    return term !== null && this.#address !== undefined && isAtHost(term, this.#address);
  }

  #mayTouch(path: string): Match {
    if (!FILE_KINDS.has(this.#tool.kind)) return "no";
    // One that names no file may search all of them.
    const paths = this.#paths.length === 0 ? [""] : this.#paths;
    const matches = paths.map((each) => (each === null ? "below" : fitPath(path, each, WIDELY)));
    if (matches.includes("yes")) return "yes";
    return matches.includes("below") ? "maybe" : "no";
  }
}

const NARROWLY = { withHidden: false };
const WIDELY = { withHidden: true };

/** Tools whose locations say all that a call touches. */
const FILE_KINDS: ReadonlySet<unknown> = new Set(["read", "edit", "delete", "move", "search"]);

function relativePath(workspace: string, path: string): string | null {
  const inside = relative(workspace, resolve(workspace, path));
  if (inside === ".." || inside.startsWith(`..${sep}`) || inside.startsWith(sep)) return null;
  return inside.split(sep).join("/");
}
