/** What one check found, in a sentence that also says what to do where something is amiss. */
export interface Finding {
  check: "node" | "data directory" | "disk" | "server" | "token" | "model" | "sandbox" | "rows" | "consumer";
  level: "ok" | "warn" | "fail";
  message: string;
}
