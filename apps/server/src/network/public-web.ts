import { publicAddressesOnly } from "./address-policy.ts";
import { connectBy } from "./connect.ts";
import { resolveName } from "./resolve-name.ts";

/** Names resolved by the system's name servers; only public addresses. */
export const publicWeb = connectBy({ resolve: resolveName, policy: publicAddressesOnly });
