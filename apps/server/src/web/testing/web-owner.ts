/** A tiny server for a test to kill: starts the UI of the given directory and prints its URL. */
import { pino } from "pino";
import { startWeb } from "../start-web.ts";

const [directory = ""] = process.argv.slice(2);
const web = startWeb({ directory, mode: "production", logger: pino({ level: "silent" }) });
await web.ready;
console.log(web.url());
