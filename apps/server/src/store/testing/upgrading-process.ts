/**
 * Brings a database to this version, and kills itself before a certain statement. To be forked with the path and the number of the
 * statement; tells its parent how many there were if it gets to the end.
 */
import Database from "better-sqlite3";
import { migrateDatabase } from "../sqlite/migrate-database.ts";

const [path = "", killAt = "0"] = process.argv.slice(2);
let statements = 0;
function count(name: "prepare" | "exec"): void {
  const original = Database.prototype[name] as (this: unknown, ...args: unknown[]) => unknown;
  Database.prototype[name] = function (this: unknown, ...args: unknown[]) {
    statements += 1;
    if (statements === Number(killAt)) process.kill(process.pid, "SIGKILL");
    return original.apply(this, args);
  } as never;
}
count("prepare");
count("exec");
await migrateDatabase(path);
process.send?.(statements);
process.disconnect?.();
