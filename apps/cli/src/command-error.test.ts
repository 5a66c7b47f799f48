import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect, it } from "vitest";
import { toCommandError } from "./command-error.ts";
import { EXIT } from "./exit-code.ts";

const target = { url: "http://127.0.0.1:4400", tokenSource: null, tokenKept: null };

it("tells of an interrupted download in a sentence", async () => {
  const interrupt = new AbortController();
  const endless = Readable.from(
    (function* () {
      for (;;) yield "x";
    })(),
  );
  const download = pipeline(endless, createWriteStream("/dev/null"), { signal: interrupt.signal });
  interrupt.abort();
  const error: unknown = await download.catch((reason: unknown) => reason);
  expect(toCommandError(error, target, () => "")).toMatchObject({
    exitCode: EXIT.detached,
    message: "Interrupted before it was done.",
  });
});
