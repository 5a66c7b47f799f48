import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Tool } from "../port.ts";
import { allTools } from "./all-tools.ts";

export const TOOLS_PAGE_FILE = fileURLToPath(new URL("../../../../../docs/tools.md", import.meta.url));

const HEAD = `# Tools

<!-- Written by \`pnpm docs:tools\` from the tools' schemas. Change the tools, not this page. -->

What the built-in agent can call, as the model is told. \`agent.list\` has the tools of a server as it is set up: \`grep\` needs ripgrep, which
comes with the server; \`web_search\` needs \`search\` in [trunkline.config.json](configuration.md); \`web_fetch\` can be switched off; \`ask_user\` needs
approvals to be on.

**Effects** decide on approvals ([approvals.md](approvals.md)): they say what a call can do beyond reading the workspace. Those of \`bash\` are for a
sandbox without a network; with listed hosts, as projects have ([network.md](network.md)), it also reads text by strangers (\`reads-untrusted\`), with the
machine's network it can reach that as well (\`egress\`); without a sandbox it can also write outside of the workspace (\`writes-outside\`).

**Agents.** \`default\` has all tools; \`read-only\` and \`plan\` have those that neither change the workspace nor write outside. A session's agent is
chosen with \`session.create\`, \`session.update\`, \`task.submit\` or \`trunkline run --agent\`.

**Files.** No path leaves the workspace, through links neither. Work is bounded or linear, whatever the files and patterns are.

**Commands** have no terminal and no input, and are told so by their environment (\`CI=1\`, \`TERM=dumb\`, pagers are \`cat\`, editors change nothing,
nothing prompts). All that a command starts ends with it; with \`background\` it runs on until the task ends, or pauses to wait for a person or a
limit. Of an output over 64 KB the result has the beginning and the end. The whole, up to 32 MB, is kept beside the log: the model reads it with
\`read_output\`; people download it with \`trunkline output\`, in the UI under the call, or from \`/api/blobs/{sha256}\` (\`fullOutput\` of
\`tool.ended\`).
`;

interface Schema {
  type?: string;
  description?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
}

/** docs/tools.md. */
export async function toolsPage(): Promise<string> {
  const tools = await allTools();
  return [HEAD, ...tools.map(section)].join("\n");
}

function section({ name, description, kind, effects, inputSchema }: Tool): string {
  const schema = z.toJSONSchema(inputSchema, { io: "input", target: "draft-7" }) as Schema;
  const facts = [`Kind: ${kind}.`, `Effects: ${effects.length === 0 ? "none" : effects.join(", ")}.`];
  return [
    `## ${name}\n`,
    `${fenced(description)}\n`,
    `${facts.join(" ")}\n`,
    "| input | type | what |",
    "|---|---|---|",
    ...rows(schema, ""),
    "",
  ].join("\n");
}

/** Words of some tools have their own lines and signs. */
function fenced(description: string): string {
  return description.includes("\n") ? `\`\`\`text\n${description}\n\`\`\`` : description;
}

function rows({ properties = {}, required = [] }: Schema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    const needed = required.includes(name) ? "" : ", optional";
    const row = `| \`${path}\` | ${typeOf(schema)}${needed} | ${cell(schema.description ?? "")} |`;
    const inner = schema.items?.properties === undefined ? [] : rows(schema.items, `${path}[].`);
    return [row, ...inner];
  });
}

function typeOf({ type, enum: values, items, minimum, maximum, maxLength, maxItems }: Schema): string {
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(", ");
  if (type === "array")
    return `list of ${typeOf(items ?? {})}${maxItems === undefined ? "" : `, ${maxItems} at most`}`;
  if (type === "integer") {
    const end = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? "" : ` to ${maximum}`;
    return minimum === undefined ? "integer" : `integer, ${minimum}${end === "" ? " or more" : end}`;
  }
  return maxLength === undefined ? (type ?? "any") : `${type ?? "any"}, ${maxLength} characters at most`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ").replaceAll("*", "\\*");
}
