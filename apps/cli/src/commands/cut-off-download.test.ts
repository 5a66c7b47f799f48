import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCaptured } from "../testing/captured-cli.ts";

it("leaves no half file of a download that the server cuts off, and says so", async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": "5000" });
    response.write('{"format":"trunkline.session","events":[', () => response.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const directory = mkdtempSync(join(tmpdir(), "trunkline-cut-off-"));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const file = join(directory, "session.json");
    const args = ["export", "01a22c85-4c4f-7770-be5c-322f293b2280", "-o", file, "--url", url];
    const { exitCode, out, err } = await runCaptured(args, { env: { TRUNKLINE_TOKEN: "t" } });
    expect(err).toContain(
      `The server at ${url} closed the connection in the middle of its answer. Try again.`,
    );
    expect([exitCode, out, existsSync(file)]).toEqual([4, "", false]);
  } finally {
    server.close();
    rmSync(directory, { recursive: true });
  }
});
