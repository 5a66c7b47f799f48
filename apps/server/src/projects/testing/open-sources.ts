import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Project, ProjectCredential, ProjectSource } from "@trunkline/contract";
import { openTestGit, type TestGit } from "../../git/testing/open-test-git.ts";
import { removeDirectory } from "../../common/remove-directory.ts";
import type { Store } from "../../store/port.ts";
import { openSqliteStore } from "../../store/sqlite/sqlite-store.ts";
import { auditRecord } from "../../store/testing/audit-record.ts";
import { createSourceCheck } from "../check-source.ts";
import { CredentialVault } from "../credential-vault.ts";
import { ProjectSources } from "../project-sources.ts";
import type { FindRoute } from "../git-reach.ts";
import { Remotes } from "../remote.ts";

export interface SourcesBench extends AsyncDisposable {
  bench: TestGit;
  store: Store;
  sources: ProjectSources;
  /** Offered to projects. */
  root: string;
  ownerId: string;
  /** Creates a project of the owner's. */
  project(source: ProjectSource, credential?: ProjectCredential): Promise<Project>;
  fetch(
    projectId: string,
    options?: { baseRef?: string; includeUncommitted?: boolean; signal?: AbortSignal },
  ): ReturnType<ProjectSources["fetchBase"]>;
}

/** Projects over real git and a real store; nothing is mocked. */
export async function openSources(
  options: {
    limits?: { timeMs: number; bytes: number };
    dataDir?: string;
    root?: string;
    /** Leaves the data directory for another one. */
    keeps?: true;
    /** Absent: as for a server's single user. */
    findRoute?: FindRoute;
  } = {},
): Promise<SourcesBench> {
  const bench = await openTestGit(options.dataDir === undefined ? {} : { dataDir: options.dataDir });
  const { dataDir, git } = bench;
  const root = options.root ?? join(dataDir, "root");
  const sharedDir = join(dataDir, "shared");
  await mkdir(root, { recursive: true });
  await mkdir(sharedDir, { recursive: true });
  const store = await openSqliteStore({
    path: join(dataDir, "db"),
    now: Date.now,
    onFatal(error) {
      throw error;
    },
  });
  const ownerId = "00000000-0000-7000-8000-0000000000aa";
  await store.users.ensure({ id: ownerId, name: "ada", createdAt: 1, removedAt: null });
  const vault = new CredentialVault({ sharedDir, keyFile: undefined });
  const { findRoute = async () => null } = options;
  const protocols = ["https", "http", "ssh", "file"];
  const remotes = new Remotes({ store: store.projects, vault, protocols, findRoute, dataDir });
  await remotes.start();
  const sources = new ProjectSources({
    store,
    git,
    remotes,
    checkSource: createSourceCheck({ roots: [root], protocols }, [sharedDir], async () => false, findRoute),
    sharedDir,
    limits: options.limits ?? { timeMs: 60_000, bytes: 1_000_000_000 },
    removeDirectory,
    logger: { warn: () => undefined },
    now: Date.now,
  });
  return {
    bench,
    store,
    sources,
    root,
    ownerId,
    async project(source, credential) {
      const project: Project = {
        id: randomUUID(),
        ownerId,
        name: randomUUID(),
        source,
        baseRef: null,
        setup: null,
        network: "off",
        allowedHosts: [],
        environment: [],
        instructions: null,
        shared: false,
        credential: null,
        lastFetch: null,
        createdAt: 1,
        updatedAt: 1,
      };
      await store.projects.create(project, auditRecord());
      if (credential !== undefined) {
        const sealed = await vault.seal(project.id, credential);
        const { kind } = credential;
        await store.projects.putCredential(
          { projectId: project.id, kind, sealed, updatedAt: 1 },
          auditRecord(),
        );
      }
      return project;
    },
    fetch: async (projectId, { baseRef = null, includeUncommitted = false, signal } = {}) =>
      sources.fetchBase({
        projectId,
        ownerId,
        baseRef: baseRef ?? null,
        includeUncommitted,
        signal: signal ?? new AbortController().signal,
      }),
    async [Symbol.asyncDispose]() {
      await store.close();
      if (options.keeps !== true) await bench[Symbol.asyncDispose]();
    },
  };
}
