import type { Family, Labels } from "./families.ts";
import type { Histogram } from "./measures.ts";

/**
 * Prometheus's text format, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 */
export function prometheusText(families: readonly Family[]): string {
  return families.map(familyText).join("");
}

function familyText(family: Family): string {
  const name = family.kind === "counter" ? `${family.name}_total` : family.name;
  const head = `# HELP ${name} ${escapeHelp(family.help)}\n# TYPE ${name} ${family.kind}\n`;
  if (family.kind === "histogram") return head + histogramText(name, family.histogram);
  return head + family.points.map(({ labels, value }) => sample(name, labels, value)).join("");
}

function histogramText(name: string, { bounds, counts, sum, count }: Histogram): string {
  let below = 0;
  const buckets = [...bounds, Infinity].map((bound, index) => {
    below += counts[index] ?? 0;
    return sample(`${name}_bucket`, { le: numberText(bound) }, below);
  });
  return buckets.join("") + sample(`${name}_sum`, {}, sum) + sample(`${name}_count`, {}, count);
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}\n`;
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

const escapeHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", String.raw`\n`);
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', String.raw`\"`);
