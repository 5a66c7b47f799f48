import { fileURLToPath } from "node:url";
import { Child } from "../child.ts";
import { serverEnv } from "./server-env.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** The fake provider in a separate process, so that its work does not count as the measuring process's. */
export class FakeProviderProcess implements AsyncDisposable {
  /** Value for `OPENAI_BASE_URL`. */
  readonly url: string;
  readonly pid: number;
  readonly #child: Child;

  private constructor(child: Child, url: string) {
    this.#child = child;
    this.url = url;
    this.pid = child.pid;
  }

  static async start(options: { port?: number } = {}): Promise<FakeProviderProcess> {
    const child = new Child(MAIN, ["--port", String(options.port ?? 0)]);
    try {
      const url = await child.waitForLine(
        "the fake provider's url",
        (line) => /"url":"([^"]+)"/.exec(line)?.[1],
      );
      return new FakeProviderProcess(child, url);
    } catch (error) {
      await child.end("SIGKILL");
      throw error;
    }
  }

  /** Environment for a server that uses this provider. */
  get serverEnv(): Record<string, string> {
    return serverEnv(this.url);
  }

  async close(): Promise<void> {
    await this.#child.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
