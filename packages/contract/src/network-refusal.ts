import { z } from "zod";

/** A host that a command was not let through to. */
export const NetworkRefusal = z.strictObject({
  /** Name, or address, of the host. */
  host: z.string().max(300),
  port: z.int().min(1).max(65_535),
  /**
   * Why. `not-allowed`: it is not on the list, and a person can allow it. `not-public`: its address is private or otherwise
   * not public. `address`: it was named by an address. `not-tls`: what was sent is not TLS for this host.
   */
  reason: z.enum(["not-allowed", "not-public", "address", "not-tls"]),
});
export type NetworkRefusal = z.infer<typeof NetworkRefusal>;
