/** `pnpm bench <suite> [options]`: runs the suite, which parses its own options. */
const SUITES: Record<string, () => Promise<unknown>> = {
  agent: () => import("./agent.ts"),
  stream: () => import("./stream.ts"),
  store: () => import("./store.ts"),
  postgres: () => import("./postgres.ts"),
  checkpoints: () => import("./checkpoints.ts"),
  hostile: () => import("./hostile.ts"),
  nodes: () => import("./nodes.ts"),
  repos: () => import("./repos.ts"),
  scale: () => import("./scale.ts"),
  tokenizers: () => import("./scale/tokenizers.ts"),
};

const [name = ""] = process.argv.splice(2, 1);
const suite = SUITES[name];
if (suite === undefined) {
  console.error(`Usage: pnpm bench ${Object.keys(SUITES).join("|")} [options]; bench/README.md says more`);
  process.exit(2);
}
await suite();
