import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";

const LICENCE = /^(?:licen[cs]e|notice|copying)/i;

/**
 * The licences of libraries whose code is in a bundle, as they ask for it: each with its text.
 *
 * @param files of libraries, absolute
 */
export function licencesOf(files: readonly string[]): string {
  const sections = [...new Set(files.map(packageOf))].map((directory) => {
    const { name, version, license } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as {
      name: string;
      version: string;
      license?: string;
    };
    const texts = readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isFile() && LICENCE.test(entry.name))
      .map((entry) => readFileSync(join(directory, entry.name), "utf8").trim());
    return [`${name} ${version} (${license ?? "see below"})`, ...texts].join("\n\n");
  });
  return `${sections.toSorted().join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}

/** @returns the directory of the package that a file belongs to; packages within packages too */
function packageOf(file: string): string {
  const parts = file.split(sep);
  const at = parts.lastIndexOf("node_modules");
  return parts.slice(0, at + (parts[at + 1]?.startsWith("@") ? 3 : 2)).join(sep);
}
