import { z } from "zod";
import { Id } from "./primitives.ts";
import { ProjectNetwork } from "./project.ts";

export const AllowHostInput = z.strictObject({
  sessionId: Id,
  /** `HOST` (at ports 80 and 443), `*.HOST` (the names below it), each with `:PORT` for another port. */
  host: z.string().trim().min(1).max(300),
});
export type AllowHostInput = z.infer<typeof AllowHostInput>;

/** What a session's commands can reach. */
export const SessionNetwork = z.strictObject({
  /** `off`: nothing. `allowlist`: `hosts` and `allowed`. `on`: whatever the server's machine reaches. */
  mode: ProjectNetwork,
  /** Whether the server enforces it; null: it does, otherwise why not. */
  unfiltered: z.string().nullable(),
  /** Listed by the operator and the project; empty unless the mode is `allowlist`. */
  hosts: z.array(z.string()),
  /** Allowed in this session by people. */
  allowed: z.array(z.string()),
});
export type SessionNetwork = z.infer<typeof SessionNetwork>;
