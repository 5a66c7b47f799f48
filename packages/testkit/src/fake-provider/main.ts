import { parseArgs } from "node:util";
import { FakeProvider } from "./fake-provider.ts";

/**
 * The fake provider as a separate process that answers by the prompt's lines (README.md):
 *
 *     node packages/testkit/src/fake-provider/main.ts [--port 0] [--model NAME]...
 *
 * Prints one JSON line, `{"url":"http://127.0.0.1:PORT/v1","port":…,"pid":…}`, once it listens, and runs until SIGTERM
 * or SIGINT.
 */
const { values } = parseArgs({
  options: { port: { type: "string", default: "0" }, model: { type: "string", multiple: true } },
});

const provider = await FakeProvider.start({ port: Number(values.port), models: values.model });
console.log(JSON.stringify({ url: provider.url, port: provider.port, pid: process.pid }));

for (const ending of ["SIGTERM", "SIGINT"] as const) process.once(ending, () => void provider.close());
