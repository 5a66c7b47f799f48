import { PassThrough } from "node:stream";
import type { WorkspaceDownload } from "@trunkline/contract";
import type { Publisher, SessionWork } from "../publish/port.ts";

/** A session's patch as it is written: git waits for a slow reader, and is ended when the reader leaves. */
export async function patchDownload(
  publisher: Publisher,
  work: SessionWork,
  { id, branch }: { id: string; branch: string | null },
  signal: AbortSignal,
): Promise<WorkspaceDownload> {
  const left = new AbortController();
  const ended = AbortSignal.any([signal, left.signal]);
  const { write } = await publisher.toPatch(work, ended);
  async function* content(): AsyncGenerator<Uint8Array, void> {
    const pipe = new PassThrough();
    const written = write(
      async (bytes) =>
        new Promise<void>((resolve, reject) => {
          // A piece is only lent.
          pipe.write(Buffer.from(bytes), (error) => (error ? reject(error) : resolve()));
        }),
    ).then(
      () => pipe.end(),
      (error: unknown) => pipe.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    try {
      for await (const piece of pipe) yield piece as Buffer;
    } finally {
      left.abort();
      await written;
    }
  }
  const name = (branch ?? id).replaceAll(/[^\w.-]+/g, "-");
  return { name: `${name}.patch`, bytes: null, content: content() };
}
