import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that Linux and macOS choose from, for whoever asks for any and for each connection: with tests beside this
 * one, such a port soon belongs to another. Above the ports that browsers refuse.
 */
const LOWEST = 11_000;
const HIGHEST = 32_767;

const TRIES = 50;

/**
 * A port on loopback for a program that can't choose one itself, or that ends and comes back: nobody else gets it while this
 * process lives.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST + 1));
    if ((await isReserved(port)) && (await isFree(port))) return port;
  }
  throw new Error(`there is no free port among ${TRIES} from ${LOWEST} to ${HIGHEST}`);
}

/** Its number among the UDP ports, which nothing here uses, tells other tests that it is taken before anything listens. */
async function isReserved(port: number): Promise<boolean> {
  const socket = createSocket("udp4").unref();
  socket.bind(port, "127.0.0.1");
  return once(socket, "listening").then(
    () => true,
    () => false,
  );
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
