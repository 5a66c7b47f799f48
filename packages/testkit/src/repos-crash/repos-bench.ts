import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeProviderProcess } from "../fake-provider/fake-provider-process.ts";
import { StandInForge } from "../forges/stand-in-forge.ts";
import { GitOverHttp, hasHttpBackend } from "../git-remotes/git-over-http.ts";
import { ServerFixture } from "../server-fixture.ts";
import { git } from "./source.ts";

/** Fifty seeds run beside whatever else the machine has to do, and a run that ends in the middle has shown nothing. */
const START_LIMIT_MS = 600_000;

const TOKEN = "t0ken-of-the-forge";

/** A repository on a forge, for everybody's branches. */
export interface Hosted {
  host: GitOverHttp;
  forge: StandInForge;
  /** The bare repository behind both. */
  origin: string;
  url: string;
  token: string;
}

/** A server to be killed, and what outlives it: the model provider, a forge, and the directory with the sources. */
export class ReposBench implements AsyncDisposable {
  /** Below TRUNKLINE_PROJECT_ROOTS. */
  readonly directory: string;
  readonly server: ServerFixture;
  /** Null where git has no HTTP backend. */
  readonly hosted: Hosted | null;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    parts: Pick<ReposBench, "directory" | "server" | "hosted">,
    resources: AsyncDisposableStack,
  ) {
    this.directory = parts.directory;
    this.server = parts.server;
    this.hosted = parts.hosted;
    this.#resources = resources;
  }

  static async start(): Promise<ReposBench> {
    await using resources = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), "trunkline-crash-repos-"));
    resources.defer(async () => rm(directory, { recursive: true, force: true }));
    const provider = await FakeProviderProcess.start();
    resources.defer(async () => provider.close());
    const hosted = hasHttpBackend() ? await startForge(join(directory, "hosted"), resources) : null;
    const server = resources.use(
      await ServerFixture.start({
        readyTimeoutMs: START_LIMIT_MS,
        env: {
          ...provider.serverEnv,
          TRUNKLINE_PROJECT_ROOTS: directory,
          TRUNKLINE_PROJECT_PROTOCOLS: "https,ssh,http,file",
          ...(hosted && {
            TRUNKLINE_FORGES: `${new URL(hosted.host.url).host}=github:${hosted.forge.api}`,
          }),
        },
      }),
    );
    return new ReposBench({ directory, server, hosted }, resources.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

async function startForge(directory: string, resources: AsyncDisposableStack): Promise<Hosted> {
  const origin = join(directory, "octo", "demo.git");
  await mkdir(origin, { recursive: true });
  await git(origin, "init", "-q", "--bare", "-b", "main");
  const host = resources.use(
    await GitOverHttp.start({ directory, username: "x-access-token", password: TOKEN }),
  );
  const forge = resources.use(
    await StandInForge.start({
      kind: "github",
      repository: "octo/demo",
      token: TOKEN,
      head: async (branch) =>
        (await git(origin, "for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`)) || null,
    }),
  );
  return { host, forge, origin, url: `${host.url}/octo/demo.git`, token: TOKEN };
}
