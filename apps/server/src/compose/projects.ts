import { join } from "node:path";
import type { Logger } from "pino";
import type { Config } from "../config/config.ts";
import type { Lifecycle } from "../lifecycle.ts";
import { createAgreedDirectories } from "../projects/agreed-directories.ts";
import { createSourceCheck } from "../projects/check-source.ts";
import { createGitReach } from "../projects/git-reach.ts";
import { CredentialVault } from "../projects/credential-vault.ts";
import { diskSpace } from "../ops/disk.ts";
import { ProjectSources } from "../projects/project-sources.ts";
import type { ProjectIdOf } from "../projects/project-ids.ts";
import { createSessionSettings } from "../projects/session-settings.ts";
import { Remotes } from "../projects/remote.ts";
import { createPublisher } from "../publish/publisher.ts";
import { removeDirectory } from "../common/remove-directory.ts";
import { mirrorPath, type Store } from "../store/port.ts";
import { createRedactor } from "../secrets/redactor.ts";
import { openSetups } from "../setup/open-setups.ts";
import { createFindIgnored } from "../workspaces/ignored-files.ts";
import { Spares } from "../workspaces/spares.ts";
import { createWorkspaces } from "../workspaces/workspaces.ts";
import { createShell } from "../tools/shell.ts";
import type { Spawner } from "../tools/port.ts";
import { publicAddressesOnly } from "../network/address-policy.ts";
import type { Networks } from "../network/port.ts";
import { resolveName } from "../network/resolve-name.ts";
import type { Git } from "../git/port.ts";

/** Projects, what sessions start from, their workspaces and setups, and how their work is published. */
export async function composeProjects(options: {
  config: Config;
  store: Store;
  git: Git;
  projectIdOf: ProjectIdOf;
  networks: Networks;
  /** Runs setups. */
  spawner: Spawner;
  /** Of commands. */
  environment: Readonly<Record<string, string>>;
  /** What commands find on this machine. */
  programs: readonly { name: string; path: string }[];
  isShared: () => boolean;
  /** Throws while files that are missing may only be out of reach. */
  requireFiles: () => void;
  /** Whether the operator has set how much the data may take. */
  hasDiskLimit: boolean;
  lifecycle: Lifecycle;
  logger: Logger;
  now: () => number;
}) {
  const {
    config,
    store,
    git,
    networks,
    spawner,
    environment,
    programs,
    isShared,
    requireFiles,
    hasDiskLimit,
    lifecycle,
    logger,
    now,
  } = options;
  const vault = new CredentialVault({
    sharedDir: config.sharedDir,
    keyFile: config.projects.credentialsKeyFile,
  });
  const { protocols, limits } = config.projects;
  const findRoute = createGitReach({
    store,
    hosts: config.projects.hosts,
    resolve: resolveName,
    policy: publicAddressesOnly,
    now,
  });
  const remotes = new Remotes({
    store: store.projects,
    vault,
    protocols,
    findRoute,
    dataDir: config.dataDir,
  });
  await remotes.start();
  const checkSource = createSourceCheck(
    config.projects,
    [config.dataDir, config.sharedDir],
    createAgreedDirectories(config.dataDir),
    findRoute,
  );
  const projectSources = new ProjectSources({
    store,
    git,
    remotes,
    checkSource,
    sharedDir: config.sharedDir,
    limits,
    removeDirectory,
    logger,
    now,
  });
  const spares = new Spares({
    git,
    removeDirectory,
    sharedDir: config.sharedDir,
    isAlone: store.isExclusive,
    hasRoom: async () => !hasDiskLimit && (await hasFreeSpace(config.sharedDir)),
    logger,
  });
  lifecycle.started("spares", async () => spares.stop());
  void spares.sweep();
  const workspaces = createWorkspaces({
    store,
    git,
    removeDirectory,
    sharedDir: config.sharedDir,
    spares,
    fetchBase: projectSources.fetchBase,
    findDirectory: projectSources.findDirectory,
    isShared,
    requireFiles,
  });
  const stopping = new AbortController();
  // Killed git leaves nothing half-made; whoever waits for a publish can repeat it.
  lifecycle.started("publisher", async () => stopping.abort(new Error("The server is stopping")));
  const { sharedDir } = config;
  const publishing = {
    publisher: createPublisher({ git, sharedDir, forges: config.forges }),
    openRemote: async (project: { id: string; ownerId: string; url: string }) => remotes.open(project),
    findDirectory: projectSources.findDirectory,
    dataDir: sharedDir,
    mirrorOf: (projectId: string) => join(sharedDir, mirrorPath(projectId)),
    signal: stopping.signal,
    workspaces,
  };
  const reading = { dataDir: sharedDir, findIgnored: createFindIgnored({ git, dataDir: config.dataDir }) };
  const setups = await openSetups({
    store,
    git,
    networks,
    shell: createShell({
      spawner,
      environment,
      redactor: (values) => createRedactor([...config.secrets, ...values]),
    }),
    sharedDir: config.sharedDir,
    offered: config.projects.environment,
    programs,
    removeDirectory,
    logger,
    now,
  });
  const settings = createSessionSettings(store, options.projectIdOf, config.projects.environment);
  return { vault, checkSource, sources: projectSources, workspaces, setups, settings, publishing, reading };
}

/** Of the disk, below which nothing is made ahead of its use. */
const MIN_FREE_SHARE = 0.1;

async function hasFreeSpace(directory: string): Promise<boolean> {
  const space = await diskSpace(directory);
  return space !== null && space.freeBytes >= MIN_FREE_SHARE * space.totalBytes;
}
