/** Result of one check: a sentence that also says what to do if something is wrong. */
export interface Finding {
  check:
    | "node"
    | "data directory"
    | "disk"
    | "shared disk"
    | "server"
    | "token"
    | "model"
    | "sandbox"
    | "network"
    | "git"
    | "toolchains"
    | "rows"
    | "consumer";
  level: "ok" | "warn" | "fail";
  message: string;
}
