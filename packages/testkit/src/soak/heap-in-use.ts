import { once } from "node:events";

/** A process that does not answer for so long has a fault of its own; in ms. */
const PATIENCE_MS = 120_000;

/** @param logs the first of a process that was started with `--inspect=127.0.0.1:0`: of long ones, only the newest are kept */
export function inspectorOf(logs: string): string {
  // Threads have inspectors of their own; the process's own is said first.
  const url = /Debugger listening on (ws:\S+)/.exec(logs)?.[1];
  if (url === undefined) throw new Error("the process has no inspector");
  return url;
}

/**
 * What a process holds on V8's heap once all garbage is collected, in bytes. Its resident memory tells little of that: V8 collects
 * late where there is room.
 */
export async function heapInUse(inspector: string): Promise<number> {
  const socket = new WebSocket(inspector);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const late = once(signal, "abort").then(() => {
    throw new Error("the process's inspector does not answer");
  });
  try {
    await Promise.race([once(socket, "open"), late]);
    const call = async (id: number, method: string): Promise<unknown> => {
      const answered = new Promise<{ result: unknown }>((resolve) => {
        socket.addEventListener("message", ({ data }) => {
          const message = JSON.parse(String(data)) as { id?: number; result: unknown };
          if (message.id === id) resolve(message);
        });
      });
      socket.send(JSON.stringify({ id, method }));
      return (await Promise.race([answered, late])).result;
    };
    await call(1, "HeapProfiler.collectGarbage");
    return ((await call(2, "Runtime.getHeapUsage")) as { usedSize: number }).usedSize;
  } finally {
    socket.close();
  }
}
