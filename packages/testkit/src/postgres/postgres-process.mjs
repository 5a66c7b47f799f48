/**
 * Runs PostgreSQL for a test, and ends it if the test's process is killed: the IPC channel then closes. Arguments: user
 * id and group id, or two empty ones; then the command.
 */
import { spawn } from "node:child_process";

const [uid, gid, command = "", ...args] = process.argv.slice(2);
const user = uid ? { uid: Number(uid), gid: Number(gid) } : {};
const server = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], ...user });
server.once("exit", (code) => process.exit(code ?? 1));
process.on("message", (signal) => server.kill(/** @type {NodeJS.Signals} */ (signal)));
process.once("disconnect", () => server.kill("SIGQUIT"));
