export interface Section {
  title: string;
  files: readonly string[];
}

/** The site's sections and the files of each, by their paths from the repository's root. */
export const SECTIONS: readonly Section[] = [
  { title: "Start", files: ["README.md"] },
  {
    title: "In five minutes",
    files: [
      "docs/guides/ollama.md",
      "docs/guides/cloud-key.md",
      "docs/guides/team.md",
      "docs/guides/three-nodes.md",
    ],
  },
  {
    title: "Work",
    files: [
      "docs/working-in-repositories.md",
      "docs/projects.md",
      "docs/setup.md",
      "docs/agents-md.md",
      "docs/publish.md",
      "docs/agent.md",
      "docs/approvals.md",
      "docs/tools.md",
      "docs/mcp.md",
      "docs/push.md",
      "docs/acp.md",
      "docs/network.md",
      "docs/cli.md",
      "docs/import-alex.md",
    ],
  },
  {
    title: "Build on it",
    files: [
      "docs/cookbook.md",
      "docs/rest.md",
      "docs/api.md",
      "docs/protocol.md",
      "packages/client/README.md",
    ],
  },
  {
    title: "Run it",
    files: [
      "DEPLOYMENT.md",
      "docs/operations.md",
      "docs/configuration.md",
      "docs/security.md",
      "docs/sandbox.md",
      "docs/reliability.md",
      "docs/performance.md",
      "docs/scale.md",
    ],
  },
  {
    title: "How it is built",
    files: ["docs/architecture.md", "docs/audit.md", "CONTRIBUTING.md", "docs/decisions/README.md"],
  },
];

/** Where a file's page is, by its path from the site's root. */
export function pagePath(file: string): string {
  if (file === "README.md") return "index.html";
  return file
    .replace(/^docs\//, "")
    .replace(/README\.md$/, "index.html")
    .replace(/\.md$/, ".html");
}
