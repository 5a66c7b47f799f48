import { setTimeout as wait } from "node:timers/promises";

/** Transforms the bytes of one direction. */
export type Stage = (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

export function through(chunks: AsyncIterable<Buffer>, stages: readonly Stage[]): AsyncIterable<Buffer> {
  return stages.reduce((passing, stage) => stage(passing), chunks);
}

/** Reports every chunk that passes. */
export function counting(onBytes: (bytes: number) => void): Stage {
  return async function* (chunks) {
    for await (const chunk of chunks) {
      onBytes(chunk.length);
      yield chunk;
    }
  };
}

/** Passes no chunk before `isOpen` resolves. */
export function gated(isOpen: () => Promise<void>): Stage {
  return async function* (chunks) {
    for await (const chunk of chunks) {
      await isOpen();
      yield chunk;
    }
  };
}

export function delaying(ms: number, signal: AbortSignal): Stage {
  return gated(() => wait(ms, undefined, { signal }));
}

/** Replaces a text within a chunk: for the head of a request, which clients send in one piece. */
export function replacing(text: string, by: string): Stage {
  return async function* (chunks) {
    for await (const chunk of chunks) {
      if (!chunk.includes(text)) yield chunk;
      else yield Buffer.from(chunk.toString("latin1").replaceAll(text, by), "latin1");
    }
  };
}

/** Stalls once, after this many bytes; infinity lasts until the signal. */
export function stalling(afterBytes: number, forMs: number, signal: AbortSignal, onStall: () => void): Stage {
  return async function* (chunks) {
    let room = afterBytes;
    let isOver = false;
    for await (const chunk of chunks) {
      if (isOver || chunk.length < room) {
        room -= chunk.length;
        yield chunk;
        continue;
      }
      if (room > 0) yield chunk.subarray(0, room);
      onStall();
      await (Number.isFinite(forMs) ? wait(forMs, undefined, { signal }) : aborted(signal));
      isOver = true;
      if (room < chunk.length) yield chunk.subarray(room);
    }
  };
}

/** Bytes that may still pass; can be shared by both directions. */
export interface Allowance {
  bytes: number;
}

/** Ends the stream when the allowance is used up, even in the middle of a chunk. */
export function cutting(allowance: Allowance, onCut: () => void): Stage {
  return async function* (chunks) {
    for await (const chunk of chunks) {
      const part = chunk.subarray(0, allowance.bytes);
      allowance.bytes -= part.length;
      if (part.length > 0) yield part;
      if (allowance.bytes > 0) continue;
      onCut();
      return;
    }
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
