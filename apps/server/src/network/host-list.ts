import { type HostRule, parseHostRule } from "./host-rule.ts";
import { ALL_PRESETS, PRESETS } from "./presets.ts";

/**
 * @param entries hosts and presets, e.g. `["npm", "pypi", "*.example.com"]`.
 * @throws Error that names the entry which is neither.
 */
export function parseHostList(entries: readonly string[]): HostRule[] {
  return entries.flatMap((entry) => {
    const preset = hostsOf(entry);
    const rules = (preset ?? [entry]).map(parseHostRule);
    return rules.map((rule) => {
      if (rule !== null) return rule;
      throw new Error(
        `'${entry}' is neither a host (registry.example.com, *.example.com, git.example.com:8443) nor one of ` +
          [ALL_PRESETS, ...Object.keys(PRESETS)].join(", "),
      );
    });
  });
}

/** @returns null if there is no such preset. */
function hostsOf(name: string): readonly string[] | null {
  if (name === ALL_PRESETS) return Object.values(PRESETS).flatMap(({ hosts }) => hosts);
  return Object.hasOwn(PRESETS, name) ? PRESETS[name as keyof typeof PRESETS].hosts : null;
}
