import { type HostRule, parseHostRule } from "./host-rule.ts";
import { ALL_PRESETS, PRESETS } from "./presets.ts";

/**
 * The operator's list.
 * @param entries hosts and presets, e.g. `["npm", "pypi", "*.example.com"]`.
 * @throws Error that names the entry which is neither.
 */
export function parseHostList(entries: readonly string[]): HostRule[] {
  return entries.flatMap((entry) => {
    const rules = rulesOf(entry);
    if (rules !== null) return rules;
    throw new Error(
      `TRUNKLINE_NETWORK_HOSTS: '${entry}' is neither a host (registry.example.com, *.example.com, git.example.com:8443) nor one of ` +
        [ALL_PRESETS, ...Object.keys(PRESETS)].join(", "),
    );
  });
}

/** The same without what is neither: it allows nothing, and must not keep a session from working. */
export function parseKnownHosts(entries: readonly string[]): HostRule[] {
  return entries.flatMap((entry) => rulesOf(entry) ?? []);
}

/** @returns null if it is neither a host nor a preset. */
function rulesOf(entry: string): HostRule[] | null {
  const hosts = hostsOf(entry) ?? [entry];
  const rules = hosts.map(parseHostRule).filter((rule) => rule !== null);
  return rules.length === hosts.length ? rules : null;
}

/** @returns null if there is no such preset. */
function hostsOf(name: string): readonly string[] | null {
  if (name === ALL_PRESETS) return Object.values(PRESETS).flatMap(({ hosts }) => hosts);
  return Object.hasOwn(PRESETS, name) ? PRESETS[name as keyof typeof PRESETS].hosts : null;
}
