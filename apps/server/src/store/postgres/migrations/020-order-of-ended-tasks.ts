/** Like SQLite's. */
export { up } from "../../migrations/025-order-of-ended-tasks.ts";
