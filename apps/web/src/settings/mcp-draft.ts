import type { AddMcpServerInput, McpServer } from "@trunkline/contract";

/** An MCP server as it is typed. */
export interface McpDraft {
  name: string;
  kind: "stdio" | "http";
  /** Program and arguments, as in a shell, or the URL. */
  target: string;
  /** `NAME=value` per line: variables, or headers. A name alone keeps the stored value. */
  secrets: string;
  trust: "none" | "annotations";
  network: "off" | "allowlist" | "on";
}

export const EMPTY_MCP_DRAFT: McpDraft = {
  name: "",
  kind: "http",
  target: "",
  secrets: "",
  trust: "none",
  network: "allowlist",
};

export function draftOfServer({ name, transport, trust }: McpServer): McpDraft {
  const shared = { name, trust };
  return transport.kind === "http"
    ? {
        ...EMPTY_MCP_DRAFT,
        ...shared,
        kind: "http",
        target: transport.url,
        secrets: transport.headers.join("\n"),
      }
    : {
        ...shared,
        kind: "stdio",
        target: [transport.command, ...transport.args].map(quoted).join(" "),
        secrets: transport.environment.join("\n"),
        network: transport.network,
      };
}

type Fields = Pick<AddMcpServerInput, "name" | "transport" | "trust">;

/** @param hosts of a stored server, which this form does not show */
export function inputOfDraft(draft: McpDraft, hosts: readonly string[] = []): Fields {
  const { name, kind, target, trust, network } = draft;
  const secrets = secretsOf(draft.secrets);
  if (kind === "http") {
    return { name: name.trim(), trust, transport: { kind, url: target.trim(), headers: secrets } };
  }
  const [command = "", ...args] = wordsOf(target);
  return {
    name: name.trim(),
    trust,
    transport: { kind, command, args, environment: secrets, network, allowedHosts: [...hosts] },
  };
}

/** Splits at spaces, as a shell does: quotes hold words together, a backslash takes what follows as it is. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/gs)) {
    words.push(
      word.replace(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs,
        (_, double: string | undefined, single: string | undefined, escaped: string | undefined) =>
          double?.replace(/\\(["\\])/g, "$1") ?? single ?? escaped ?? "",
      ),
    );
  }
  return words;
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replace(/(["\\])/g, "\\$1")}"`;

function secretsOf(text: string): Record<string, string | null> {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.search(/[=:]/);
      return at === -1 ? [line, null] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}
