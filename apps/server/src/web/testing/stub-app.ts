import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * An app with a tiny `next`: `/env` and `/pid` describe its process, `/exit` ends it, `/spawn` starts a child that
 * ignores SIGTERM and returns its pid, `/hang` makes it ignore SIGTERM itself, `/read?FILE` and `/write?FILE` try to do
 * so.
 */
const NEXT = `
const { spawn } = require("node:child_process");
const { readFileSync, writeFileSync } = require("node:fs");
module.exports = ({ dev, port }) => ({
  async prepare() {},
  getRequestHandler: () => (incoming, outgoing) => {
    const [path, file] = incoming.url.split("?");
    try {
      if (path === "/read") return outgoing.end(readFileSync(file));
      if (path === "/write") return outgoing.end((writeFileSync(file, ""), "written"));
    } catch (error) {
      return outgoing.end(error.code);
    }
    switch (incoming.url) {
      case "/env": return outgoing.end(JSON.stringify({ env: process.env, argv: process.argv, cwd: process.cwd() }));
      case "/pid": return outgoing.end(String(process.pid));
      case "/mode": return outgoing.end(dev ? "development" : "production");
      case "/exit": return outgoing.end("", () => process.exit(3));
      case "/hang": process.removeAllListeners("SIGTERM"); process.on("SIGTERM", () => {}); return outgoing.end();
      case "/spawn": {
        const child = spawn(process.execPath, ["-e", "process.on('SIGTERM',()=>{});console.log(1);setInterval(()=>{},1e3)"]);
        return child.stdout.once("data", () => outgoing.end(String(child.pid)));
      }
      default: return outgoing.end("port " + port);
    }
  },
});
`;

export interface StubApp extends AsyncDisposable {
  directory: string;
}

export async function createStubApp(next: string = NEXT): Promise<StubApp> {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-web-"));
  await mkdir(join(directory, "node_modules", "next"), { recursive: true });
  await writeFile(join(directory, "package.json"), "{}");
  await mkdir(join(directory, ".next"));
  await writeFile(join(directory, ".next", "BUILD_ID"), "stub");
  await writeFile(join(directory, ".next", "required-server-files.json"), '{ "config": {} }');
  await writeFile(join(directory, "node_modules", "next", "index.js"), next);
  return {
    directory,
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true, force: true });
    },
  };
}
