import { join } from "node:path";
import type { SearchService } from "@trunkline/contract";
import { createSearchService } from "../../services/search.ts";
import { createSqliteSearch } from "../../store/sqlite/sqlite-search.ts";
import { openSqliteStore } from "../../store/sqlite/sqlite-store.ts";
import { type ScriptedNode, type ScriptedTime, type Script, startScriptedNode } from "./scripted-node.ts";

export {
  alice,
  APPROVAL_TIMEOUT_MS,
  bob,
  done,
  isTerminalEventOf,
  type Script,
  type ScriptedTime,
  untilAborted,
} from "./scripted-node.ts";

/** A node that has its store, an embedded one, to itself. */
export interface ScriptedServer extends ScriptedNode {
  databasePath: string;
  search: SearchService;
}

/** @param scripts by prompt; runs of other prompts complete immediately. */
export async function openScriptedServer(
  directory: string,
  scripts: ReadonlyMap<string, Script>,
  concurrency = 4,
  time: ScriptedTime = { now: Date.now },
): Promise<ScriptedServer> {
  const databasePath = join(directory, "db");
  const store = await openSqliteStore({
    path: databasePath,
    now: Date.now,
    onFatal: (error) => {
      throw error;
    },
  });
  const node = await startScriptedNode({ store, directory, scripts, concurrency, time });
  const search = createSearchService(createSqliteSearch({ path: databasePath, compute: node.compute }));
  return { ...node, databasePath, search };
}
