import { TrunklineApiError } from "@trunkline/client";
import type { ErrorReason } from "@trunkline/contract";
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

function refused(reason: ErrorReason, message: string): TrunklineApiError {
  return new TrunklineApiError({
    message,
    code: -32600,
    data: { code: "BAD_REQUEST", httpStatus: 400, reason },
  });
}

it.each<[ErrorReason, number]>([
  ["validation_failed", EXIT.usage],
  ["not_found", EXIT.usage],
  ["model_unknown", EXIT.usage],
  ["agent_unknown", EXIT.usage],
  ["session_busy", EXIT.failed],
  ["branch_moved", EXIT.failed],
  ["storage_full", EXIT.failed],
  ["unavailable", EXIT.unreachable],
])("the refusal %s exits with %i", (reason, exitCode) => {
  expect(toCommandError(refused(reason, "No."), target, () => "")).toMatchObject({
    exitCode,
    message: expect.stringContaining("No.") as string,
  });
});

it("names options where the server names values of the API", () => {
  const said =
    "This project is a directory, with no repository elsewhere to push to; publish it as 'local' or as a patch";
  expect(toCommandError(refused("validation_failed", said), target, () => "").message).toBe(
    "This project is a directory, with no repository elsewhere to push to; use --local or --patch.",
  );
});
