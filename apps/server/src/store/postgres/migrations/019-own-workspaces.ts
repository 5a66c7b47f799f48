/** Like SQLite's. */
export { up } from "../../migrations/024-own-workspaces.ts";
