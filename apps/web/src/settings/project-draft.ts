import type { CreateProjectInput, Project, ProjectNetwork } from "@trunkline/contract";

/** A project's settings as they are typed. */
export interface ProjectDraft {
  name: string;
  /** A path or a URL. */
  source: string;
  baseRef: string;
  setup: string;
  network: ProjectNetwork;
  /** One host a line. */
  allowedHosts: string;
  /** One name a line. */
  environment: string;
  instructions: string;
  shared: boolean;
}

export function draftOfProject(project: Project | null): ProjectDraft {
  if (project === null) {
    return {
      name: "",
      source: "",
      baseRef: "",
      setup: "",
      network: "allowlist",
      allowedHosts: "",
      environment: "",
      instructions: "",
      shared: false,
    };
  }
  return {
    name: project.name,
    source: project.source.kind === "git" ? project.source.url : project.source.path,
    baseRef: project.baseRef ?? "",
    setup: project.setup ?? "",
    network: project.network,
    allowedHosts: project.allowedHosts.join("\n"),
    environment: project.environment.join("\n"),
    instructions: project.instructions ?? "",
    shared: project.shared,
  };
}

/** A path on the server begins with `/` or `~`; anything else is git's. */
export function sourceOf(text: string): CreateProjectInput["source"] {
  const source = text.trim();
  return /^[/~]/.test(source) ? { kind: "directory", path: source } : { kind: "git", url: source };
}

/** @returns a project's name after its source, in the characters that names have. */
export function nameAfter(source: string): string {
  const last = source.trim().replace(/\/+$/, "").split(/[/:]/).at(-1) ?? "";
  return last
    .replace(/\.git$/, "")
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 64);
}

const listOf = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== "");
const textOf = (text: string): string | null => (text.trim() === "" ? null : text.trim());

/** Everything but the source, which stays what it is. */
export function settingsOf(draft: ProjectDraft) {
  return {
    name: draft.name.trim() || nameAfter(draft.source),
    baseRef: textOf(draft.baseRef),
    setup: textOf(draft.setup),
    network: draft.network,
    allowedHosts: draft.network === "allowlist" ? listOf(draft.allowedHosts.toLowerCase()) : [],
    environment: listOf(draft.environment),
    instructions: textOf(draft.instructions),
    shared: draft.shared,
  };
}
