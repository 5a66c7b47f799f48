/*
 * The arrows: who may import whom. Between the packages `contract <- client <- everything`, and inside the server
 * `contract <- rooms <- services <- http <- compose <- main`. A room is known to the others by its port.ts alone.
 * Tests may import anything; nothing may import a test.
 */

/** Tests, and what only tests share. */
const test = String.raw`\.test\.[cm]?[jt]sx?$|conformance\.ts$|/testing/`;
const ours = "^(apps|packages|e2e|bench|scripts)/";
const server = "^apps/server/src";
/** Every folder of the server but the layers above the rooms, and what is below all of them. */
const room = `${server}/(?!services/|http/|compose/|common/|config/|fairness/)([^/]+)/`;
/** Helpers that know no room, how callers share what is short, and the settings. */
const below = `${server}/(common|config|fairness)/`;
const port = String.raw`${server}/([^/]+/port|config-file/(schema|variable-name|sections/[^/]+)|store/ports/[^/]+|store/refusal|store/workspace-path)\.ts$`;
/** @type {import("dependency-cruiser").DependencyType[]} */
const typeOnly = ["type-only"];

/**
 * `from` may import itself and the `allowed` paths of this repository, and no others.
 *
 * @param {string} name
 * @param {string} from
 * @param {string[]} allowed
 * @param {string} comment
 * @returns {import("dependency-cruiser").IForbiddenRuleType}
 */
const only = (name, from, allowed, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: from, pathNot: test },
  to: { path: ours, pathNot: [from, ...allowed] },
});

/**
 * Importing `to` is never right from `from`.
 *
 * @param {string} name
 * @param {string} from
 * @param {string | import("dependency-cruiser").IRegularForbiddenRuleType["to"]} to
 * @param {string} comment
 * @returns {import("dependency-cruiser").IForbiddenRuleType}
 */
const never = (name, from, to, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: from, pathNot: test },
  to: typeof to === "string" ? { path: to } : to,
});

const contract = "^packages/contract/src/";
const client = "^packages/client/src/";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-cycle",
      severity: "error",
      comment: "Types count: two files that need each other are one file, or three.",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      severity: "error",
      comment: "An import that leads nowhere is an arrow that nobody checks.",
      from: {},
      to: { couldNotResolve: true },
    },
    never("no-test-in-production", ours, test, "Production code does not know its tests."),

    // Packages.
    only("contract-is-the-root", contract, [], "The contract imports nothing of ours."),
    only("client-knows-the-contract", client, [contract], "The client speaks the contract and nothing else."),
    only(
      "testkit-is-a-client",
      "^packages/testkit/",
      [contract, client],
      "Tests meet the server on the wire.",
    ),
    only("web-is-a-client", "^apps/web/", [contract, client], "The UI meets the server on the wire."),
    only(
      "e2e-is-a-user",
      "^e2e/",
      [contract, client, "^packages/testkit/"],
      "Browser tests meet the server as a user.",
    ),
    only(
      "cli-is-a-client",
      "^apps/cli/",
      [
        contract,
        client,
        String.raw`${server}/(main|common/find-home|config-file/(read|edit)-config-file|store/backup/backup|ops/read-log|rotate-key|vacuum|store/transfer/migrate-store)\.ts$`,
        "^apps/server/bin/find-bundle.mjs$",
      ],
      "And can start a server, check and change its settings, read its log, back it up, change its key, free its space, and move its store.",
    ),
    never(
      "cli-starts-quickly",
      "^apps/cli/",
      { path: "^apps/server/src/", pathNot: "^apps/server/src/common/find-home\\.ts$", dynamic: false },
      "Only `serve` needs the server: import it there, dynamically.",
    ),
    only("scripts-stand-alone", String.raw`^scripts/.*\.mjs$`, [], "They run before anything is installed."),
    never(
      "scripts-need-no-install",
      String.raw`^scripts/.*\.mjs$`,
      { path: "node_modules|^@|^[a-z]", dependencyTypesNot: ["core", "local"] },
      "They run before anything is installed.",
    ),

    // What reaches a browser: the contract's types, and of its run time only what needs neither zod nor tRPC.
    never(
      "no-schemas-in-the-browser",
      `${client}|^apps/web/`,
      { path: String.raw`${contract}(router|schemas)|/node_modules/zod/`, dependencyTypesNot: typeOnly },
      "Import the router and the schemas as types.",
    ),
    {
      name: "contract-index-is-light",
      severity: "error",
      comment: "Everything that the index exports at run time ends up in the browser.",
      from: { path: String.raw`${contract}index\.ts$` },
      to: {
        pathNot: String.raw`${contract}(effort|error|limits|principal|procedure-scopes|search-words|task-state|projections/.+|rules/.+)\.ts$`,
        dependencyTypesNot: typeOnly,
      },
    },
    {
      name: "contract-light-parts-are-light",
      severity: "error",
      comment: "They are loaded by the browser, and so is what they import at run time.",
      from: {
        path: String.raw`${contract}(effort|error|limits|principal|procedure-scopes|search-words|task-state|projections/.+|rules/.+)\.ts$`,
        pathNot: test,
      },
      to: {
        pathNot: String.raw`${contract}(effort|error|limits|principal|procedure-scopes|search-words|task-state|projections/.+|rules/.+)\.ts$`,
        dependencyTypesNot: typeOnly,
      },
    },

    {
      name: "the-store-alone-knows-its-engine",
      severity: "error",
      comment: "SQL, Kysely and the database are the store's; everybody else asks its port in nouns.",
      from: { path: ours, pathNot: [`${server}/store/`, test, "^bench/", "^packages/testkit/src/postgres/"] },
      to: { path: "/node_modules/(kysely|better-sqlite3|pg)/" },
    },

    // Inside the server.
    only("server-knows-the-contract", "^apps/server/", [contract], "The server does not know its clients."),
    {
      name: "rooms-have-one-door",
      severity: "error",
      comment: "A room imports itself, the contract, and of other rooms their port.ts.",
      from: { path: room, pathNot: test },
      to: {
        path: `${server}/`,
        pathNot: [
          `${server}/$1/`,
          port,
          below,
          String.raw`${server}/(store/schema|store/per-database|data-dir/data-dir|data-dir/shared-places|lifecycle)\.ts$`,
        ],
      },
    },
    {
      name: "ports-promise-nothing-more",
      severity: "error",
      comment: "A port depends on ports, on the contract, on the tables' types and on what a model is.",
      from: { path: port },
      to: { path: `${server}/`, pathNot: [port, String.raw`${server}/(store/schema|agent/model)\.ts$`] },
    },
    {
      name: "services-see-ports",
      severity: "error",
      comment: "Services import rooms by their port.ts, and know nothing of HTTP.",
      from: { path: `${server}/services/`, pathNot: test },
      to: {
        path: `${server}/`,
        pathNot: [
          `${server}/services/`,
          port,
          below,
          String.raw`${server}/(data-dir/shared-places|lifecycle)\.ts$`,
        ],
      },
    },
    {
      name: "http-sees-ports",
      severity: "error",
      comment:
        "HTTP calls the contract's services, which compose.ts injects, and imports rooms by their port.ts.",
      from: { path: `${server}/http/`, pathNot: test },
      to: {
        path: `${server}/`,
        pathNot: [`${server}/http/`, port, below, String.raw`${server}/lifecycle\.ts$`],
      },
    },
    {
      name: "shared-files-are-types-only",
      severity: "error",
      comment: "Tables, settings and life cycle are handed in; the rooms know their shape alone.",
      from: { path: `${server}/[^/]+/`, pathNot: [test, `${server}/store/`] },
      to: { path: String.raw`${server}/(store/schema|config/config)\.ts$`, dependencyTypesNot: typeOnly },
    },
    {
      name: "compose-alone-constructs",
      severity: "error",
      comment:
        "Beside compose.ts, what runs without a server and what both need, the root's files see ports and each other.",
      from: {
        path: String.raw`${server}/[^/]+\.ts$`,
        pathNot: [test, String.raw`${server}/(rotate-key|vacuum)\.ts$`],
      },
      to: {
        path: `${server}/[^/]+/`,
        pathNot: [port, below, `${server}/(compose|data-dir)/`, `${server}/network/shared-lookups.ts`],
      },
    },
    never(
      "what-is-below-knows-no-room",
      below,
      { path: ours, pathNot: [below, contract] },
      "Everything may need it.",
    ),
    never(
      "lifecycle-is-a-leaf",
      String.raw`${server}/lifecycle\.ts$`,
      ours,
      "Everything may need its shape.",
    ),
    {
      name: "compose-is-for-main",
      severity: "error",
      comment: "Whoever needs something from compose.ts gets it handed in.",
      from: { path: `${server}/`, pathNot: [test, String.raw`${server}/(main\.ts$|vacuum\.ts$|compose/)`] },
      to: { path: `${server}/compose/` },
    },
    never(
      "main-is-for-nobody",
      `${server}/`,
      String.raw`${server}/main\.ts$`,
      "main.ts is where the process begins.",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: String.raw`^(apps|packages)/[^/]+/(\.next|dist)/|next-env\.d\.ts$` },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".d.ts"],
    },
  },
};
