import type {
  PermissionOption,
  RequestPermissionOutcome,
  RequestPermissionRequest,
} from "@agentclientprotocol/sdk";
import type { Json, ToolEffect, ToolKind } from "@trunkline/contract";
import type { ApprovalPolicy, ApprovalRequest, SessionTrust, ToolNature } from "../../approvals/port.ts";
import type { AgentCall } from "./agent-call.ts";

export interface PermissionDeps {
  /** E.g. `acp:opencode`. */
  agent: string;
  /** For people, e.g. `opencode`. */
  title: string;
  workspace: string;
  policy: ApprovalPolicy;
  trust: SessionTrust;
  /** `policy`: asks nobody where a tool of the server's own would ask nobody. */
  asks: "always" | "policy";
  isSandboxed: boolean;
  /** Whether its commands reach a network beyond its provider. */
  hasNetwork: boolean;
}

export type Permission =
  | { type: "allow"; rule?: string | undefined }
  | { type: "ask"; request: ApprovalRequest }
  | { type: "deny"; rule: string };

const EVERYTHING: readonly ToolEffect[] = ["changes-workspace", "egress", "writes-outside"];

/** What becomes of a call that the agent asks permission for: by rules, by the policy, or by a person. */
export function permissionFor(deps: PermissionDeps, call: AgentCall): Permission {
  const { title, workspace, policy, asks } = deps;
  const tool = natureOf(deps, call);
  // Who installs an agent that asks expects to be asked: what it can do counts for the worst then.
  const trust = asks === "always" ? withDoubt(deps.trust) : deps.trust;
  const verdict = policy.verdictOn({ tool, input: call.rawInput, workspace }, trust);
  if (verdict.type === "deny") return verdict;
  // Nobody can hold a path in place for a program that opens it itself.
  const isCertain = verdict.type !== "allow" || !verdict.checksPaths || call.locations.length === 0;
  if (verdict.type === "allow" && isCertain) return { type: "allow", rule: verdict.rule };
  const { callId, tool: name, input, title: callTitle, kind, locations } = call.describe();
  const shown = { callId, tool: name, input, title: callTitle, kind, locations };
  const demand = verdict.type === "ask" ? verdict.demand : {};
  return { type: "ask", request: { ...shown, ...demand, reason: `${title} asks for permission` } };
}

/** A command is one of bash's to the rules, whoever runs it. */
function natureOf(deps: PermissionDeps, call: AgentCall): ToolNature {
  const { command, url } = (call.rawInput ?? {}) as { command?: Json; url?: Json };
  const { kind } = call;
  const isCommand = kind === "execute" && typeof command === "string";
  return {
    name: isCommand ? "bash" : `${deps.agent}.${call.tool}`,
    kind,
    effects: deps.asks === "always" ? EVERYTHING : effectsOf(deps, kind),
    locations: () => call.locations,
    ...(isCommand && { command: () => command }),
    ...(kind === "fetch" && typeof url === "string" && { address: () => url }),
  };
}

function withDoubt(trust: SessionTrust): SessionTrust {
  const isAllowedForGood = (always: string): boolean => trust.isAllowedForGood(always);
  return { rules: trust.rules, hasReadUntrusted: true, isAllowedForGood };
}

/** What a call of the server's own of this kind could do. Unknown kinds can do anything. */
function effectsOf({ isSandboxed, hasNetwork }: PermissionDeps, kind: ToolKind): readonly ToolEffect[] {
  if (!isSandboxed) return kind === "read" || kind === "search" || kind === "think" ? [] : EVERYTHING;
  switch (kind) {
    case "read":
    case "search":
    case "think":
      return [];
    case "edit":
    case "delete":
    case "move":
      return ["changes-workspace"];
    case "execute":
      return hasNetwork ? ["changes-workspace", "egress"] : ["changes-workspace"];
    default:
      return EVERYTHING;
  }
}

/** The option that says it, once: whether it holds for longer is written in our log, not in the agent's memory. */
export function outcomeFor(
  { options }: RequestPermissionRequest,
  isAllowed: boolean,
): RequestPermissionOutcome {
  const wanted: readonly PermissionOption["kind"][] = isAllowed
    ? ["allow_once", "allow_always"]
    : ["reject_once", "reject_always"];
  const option = wanted.flatMap((kind) => options.filter((candidate) => candidate.kind === kind))[0];
  return option === undefined ? { outcome: "cancelled" } : { outcome: "selected", optionId: option.optionId };
}
