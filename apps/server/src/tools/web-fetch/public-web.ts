import { lookup } from "node:dns/promises";
import { publicAddressesOnly } from "./address-policy.ts";
import type { Route } from "./connect.ts";

/** Names as the system resolves them for every program of the machine; of what comes of it, the public internet. */
export const publicWeb: Route = {
  resolve: (host) => lookup(host, { all: true }),
  policy: publicAddressesOnly,
};
