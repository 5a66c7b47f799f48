import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What the next command may take of what is left. */
const SHARE = 1 / 3;
/** Of what others leave, so much for all commands of one owner. */
const OWNER_SHARE = 3 / 4;
/** Never given to commands: the server has processes of its own. */
const KEPT = 1 / 8;
/** With fewer nothing useful runs. */
const LEAST = 48;

export interface ProcessShare {
  processes: number;
  /** Once all of them are gone; again does nothing. */
  release(): void;
}

/**
 * How many processes each command may have, so that all of them together leave some to others: a task has many commands at
 * once, and where the machine, its container or its service manager gives the server less than they could take, nobody's
 * would start any more. What is granted counts, whether or not it is used: programs of MCP servers stay for long, and one
 * user's must not leave the least to everybody else.
 */
export class ProcessShares {
  readonly #most: number;
  readonly #room: number;
  readonly #ofOwners = new Map<string, number>();
  #granted = 0;

  /**
   * @param most for one command
   * @param room for the server and everything that it starts
   */
  constructor(most: number, room: number) {
    this.#most = most;
    this.#room = room * (1 - KEPT);
  }

  /** @param ownerId absent: the server's own work */
  take(ownerId?: string): ProcessShare {
    const share = Math.min((this.#room - this.#granted) * SHARE, this.#leftTo(ownerId));
    const processes = Math.min(this.#most, Math.max(LEAST, Math.floor(share)));
    this.#add(ownerId, processes);
    let isReleased = false;
    return {
      processes,
      release: () => {
        if (!isReleased) this.#add(ownerId, -processes);
        isReleased = true;
      },
    };
  }

  #leftTo(ownerId: string | undefined): number {
    if (ownerId === undefined) return Infinity;
    const own = this.#ofOwners.get(ownerId) ?? 0;
    return (this.#room - (this.#granted - own)) * OWNER_SHARE - own;
  }

  #add(ownerId: string | undefined, more: number): void {
    this.#granted += more;
    if (ownerId === undefined) return;
    const own = (this.#ofOwners.get(ownerId) ?? 0) + more;
    if (own > 0) this.#ofOwners.set(ownerId, own);
    else this.#ofOwners.delete(ownerId);
  }
}

/** How many processes and threads this process and all that it starts may have, by the lowest of the limits that hold for it. */
export async function processRoom(proc = "/proc", cgroups = "/sys/fs/cgroup"): Promise<number> {
  const [limits, threads, pids, groups] = await Promise.all([
    read(join(proc, "self/limits")),
    read(join(proc, "sys/kernel/threads-max")),
    read(join(proc, "sys/kernel/pid_max")),
    read(join(proc, "self/cgroup")),
  ]);
  const own = /^Max processes\s+(\S+)/m.exec(limits)?.[1] ?? "";
  const found = await Promise.all(
    groupDirectories(groups, cgroups).map(async (path) => read(join(path, "pids.max"))),
  );
  return Math.min(...[own, threads, pids, ...found].map(numberOf));
}

/** Of this process and above (cgroups(7)): `0::PATH`, or with controllers of their own `N:pids:PATH`. */
function groupDirectories(text: string, root: string): string[] {
  return text.split("\n").flatMap((line) => {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === "" || !["", "pids"].includes(controllers)) return [];
    return upwards(path).map((at) => join(root, controllers, at));
  });
}

/** A path, and all directories around it. */
function upwards(path: string): string[] {
  return path === "/" ? [path] : [path, ...upwards(dirname(path))];
}

/** `max`, `unlimited` and what can't be read are no limit. */
function numberOf(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Infinity;
}

async function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
