import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingMessage, RequestListener } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A web site over TLS on loopback, with a certificate of its own for these names. */
export class TlsSite implements AsyncDisposable {
  readonly requests: IncomingMessage[] = [];
  /** Path of its certificate, for clients to trust. */
  readonly certificate: string;
  readonly #directory: string;
  readonly #server;

  private constructor(directory: string, key: Buffer, cert: Buffer, listener: RequestListener) {
    this.#directory = directory;
    this.certificate = join(directory, "cert.pem");
    this.#server = createServer({ key, cert }, (request, response) => {
      this.requests.push(request);
      listener(request, response);
    });
  }

  static async start(names: readonly string[], listener: RequestListener): Promise<TlsSite> {
    const directory = await mkdtemp(join(tmpdir(), "trunkline-tls-"));
    const files = ["-keyout", join(directory, "key.pem"), "-out", join(directory, "cert.pem")];
    const subject = [
      "-subj",
      `/CN=${names[0]}`,
      "-addext",
      `subjectAltName=${names.map((name) => `DNS:${name}`).join()}`,
    ];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    await run("openssl", ["req", "-x509", ...key, ...files, ...subject]);
    const [privateKey, certificate] = await Promise.all(
      ["key.pem", "cert.pem"].map((name) => readFile(join(directory, name))),
    );
    const site = new TlsSite(directory, privateKey!, certificate!, listener);
    site.#server.listen(0, "127.0.0.1");
    await once(site.#server, "listening");
    return site;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
    await rm(this.#directory, { recursive: true });
  }
}
