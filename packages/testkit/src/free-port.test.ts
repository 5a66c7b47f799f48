import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { once } from "node:events";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);

test("is nobody else's, in this process or another, before and after something listens on it", async () => {
  const port = await freePort();
  // From here on everybody draws the same number first.
  const drawn = (port - 11_000 + 0.5) / (32_767 - 11_000 + 1);
  const random = vi.spyOn(Math, "random").mockReturnValueOnce(drawn);
  expect(await freePort()).not.toBe(port);
  random.mockRestore();

  const source = `
    const random = Math.random;
    let isFirst = true;
    Math.random = () => isFirst ? ((isFirst = false), ${drawn}) : random();
    const { freePort } = await import(${JSON.stringify(import.meta.resolve("./free-port.ts"))});
    console.log(await freePort());
    process.exit();
  `;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", source]);
  expect(Number(stdout)).toBeGreaterThan(0);
  expect(Number(stdout)).not.toBe(port);

  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  server.close();
});
