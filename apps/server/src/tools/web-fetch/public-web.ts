import { publicAddressesOnly } from "./address-policy.ts";
import type { Route } from "./connect.ts";
import { resolveName } from "./resolve-name.ts";

/** Names as the system's name servers know them; of their addresses, the public internet. */
export const publicWeb: Route = { resolve: resolveName, policy: publicAddressesOnly };
