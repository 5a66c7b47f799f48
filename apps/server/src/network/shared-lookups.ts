import dns, { type LookupAddress, type LookupOptions } from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { isIP } from "node:net";

type Answer = [error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number];
type Callback = (...answer: Answer) => void;
/** As connections call it. */
export type Lookup = (host: string, options: LookupOptions, callback: Callback) => void;

const LOOPBACK: readonly LookupAddress[] = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

/**
 * Looks up each name once at a time, for all who ask. `getaddrinfo` can't be canceled, takes many seconds where no name server
 * answers, and a process does two at once: without this, a dozen requests to one dead name would keep everybody's
 * connections waiting, long after they were given up. Loopback names are asked of nobody (RFC 6761).
 */
export function sharedLookup(lookup: Lookup): Lookup {
  const underWay = new Map<string, Callback[]>();
  return (host, options, callback) => {
    const { family = 0, hints = 0, all = false } = options;
    if (isIP(host) !== 0) return lookup(host, options, callback);
    if (/^(?:.+\.)?localhost\.?$/i.test(host)) {
      const number = family === "IPv4" ? 4 : family === "IPv6" ? 6 : family;
      const [first, ...more] = LOOPBACK.filter((each) => number === 0 || each.family === number);
      if (first === undefined) return lookup(host, options, callback);
      process.nextTick(() =>
        all ? callback(null, [first, ...more]) : callback(null, first.address, first.family),
      );
      return;
    }
    const key = JSON.stringify([host.toLowerCase(), family, hints, all]);
    const waiting = underWay.get(key);
    if (waiting !== undefined) {
      waiting.push(callback);
      return;
    }
    const callbacks = [callback];
    underWay.set(key, callbacks);
    lookup(host, options, (...answer) => {
      underWay.delete(key);
      for (const each of callbacks) each(...answer);
    });
  };
}

/** For all connections of this process that name no lookup of their own: its libraries' as well. */
export function shareLookups(lookup: Lookup = dns.lookup): void {
  const shared = sharedLookup(lookup);
  Object.assign(dns, {
    lookup: (host: string, options: LookupOptions | number | Callback, callback?: Callback) => {
      if (typeof options === "function") shared(host, {}, options);
      else if (callback !== undefined)
        shared(host, typeof options === "number" ? { family: options } : options, callback);
    },
  });
  syncBuiltinESMExports();
}
