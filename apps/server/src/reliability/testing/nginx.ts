import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { freePort, waitFor } from "@trunkline/testkit";

const run = promisify(execFile);

const DOCUMENTED = new URL("../../../../../docs/nginx.conf", import.meta.url);

/** @returns where the program is; null where it is not installed. */
export async function findInstalled(name: string): Promise<string | null> {
  for (const directory of [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"]) {
    const path = join(directory, name);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}

/** A real nginx with the documented configuration, in front of nodes on this machine. */
export class Nginx implements AsyncDisposable {
  readonly port: number;
  /** Of the certificate, which it has made for itself. */
  readonly certificate: string;
  readonly #program: string;
  readonly #directory: string;
  readonly #exited: Promise<unknown>;
  readonly #process: ReturnType<typeof spawn>;

  private constructor(options: { program: string; directory: string; port: number; certificate: string }) {
    this.port = options.port;
    this.certificate = options.certificate;
    this.#program = options.program;
    this.#directory = options.directory;
    // It ends with this process, however that ends.
    const command = ["--pdeathsig", "TERM", this.#program, ...this.#arguments, "-g", "daemon off;"];
    this.#process = spawn("setpriv", command, { stdio: "ignore" });
    this.#exited = once(this.#process, "exit");
  }

  /** @param options.shutdownTimeout how long open streams stay with the old workers after a reload, as nginx writes it. */
  static async start(options: {
    program: string;
    host: string;
    nodes: readonly string[];
    port: number;
    shutdownTimeout: string;
    /** As DEPLOYMENT.md has it: the location's. */
    basePath?: string;
  }): Promise<Nginx> {
    const { program, host, nodes, port, shutdownTimeout, basePath = "" } = options;
    const directory = await mkdtemp(join(tmpdir(), "trunkline-nginx-"));
    const [key, certificate] = [join(directory, "key.pem"), join(directory, "cert.pem")];
    const subject = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    await run("openssl", [
      "req",
      "-x509",
      ...curve,
      ...subject,
      "-days",
      "2",
      "-keyout",
      key,
      "-out",
      certificate,
    ]);
    let documented = await readFile(DOCUMENTED, "utf8");
    for (const [index, node] of nodes.entries()) {
      documented = documented.replace(`10.0.0.1${index + 1}:4400`, new URL(node).host);
    }
    const settings = documented
      .replace("worker_shutdown_timeout 10s", `worker_shutdown_timeout ${shutdownTimeout}`)
      .replace("listen 80;", `listen 127.0.0.1:${await freePort()};`)
      .replace("listen 443 ssl", `listen 127.0.0.1:${port} ssl`)
      .replace("location / {", `location ${basePath}/ {`)
      .replaceAll("agents.example.com", host)
      .replace("/etc/ssl/trunkline/fullchain.pem", certificate)
      .replace("/etc/ssl/trunkline/privkey.pem", key);
    const own = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${join(directory, name)};`,
    );
    const files = `pid ${join(directory, "pid")};\nerror_log ${join(directory, "error.log")};\n`;
    const config = settings.replace("http {", `http {\naccess_log off;\n${own.join("\n")}`);
    await writeFile(join(directory, "nginx.conf"), files + config);
    const nginx = new Nginx({ program, directory, port, certificate: await readFile(certificate, "utf8") });
    const pid = async (): Promise<string> => readFile(join(directory, "pid"), "utf8").catch(() => "");
    await waitFor("nginx's pid file", async () => (await pid()) !== "");
    return nginx;
  }

  /** `nginx -s reload`: new workers take over, old ones end what they have. */
  async reload(): Promise<void> {
    await run(this.#program, [...this.#arguments, "-s", "reload"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#exited;
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  get #arguments(): string[] {
    const directory = this.#directory;
    return ["-p", directory, "-c", join(directory, "nginx.conf"), "-e", join(directory, "error.log")];
  }
}
