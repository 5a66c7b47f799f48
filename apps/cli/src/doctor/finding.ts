/** Result of one check: a sentence that also says what to do if something is wrong. */
export interface Finding {
  check:
    | "node"
    | "data directory"
    | "disk"
    | "disk budget"
    | "shared disk"
    | "config file"
    | "project roots"
    | "server"
    | "token"
    | "model"
    | "model server"
    | "sandbox"
    | "network"
    | "git"
    | "toolchains"
    | "agents"
    | "rows"
    | "consumer";
  level: "ok" | "warn" | "fail";
  message: string;
}

/** Models and the like that are named in a finding. */
const NAMED = 5;

export function nameSome(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `${names.slice(0, NAMED).join(", ")}${more}`;
}
