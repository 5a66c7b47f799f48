import { PostgresServer } from "../postgres-server.ts";

const server = await PostgresServer.start();
const [row] = await server.sql<{ pid: string }>(
  "select split_part(pg_read_file('postmaster.pid'), e'\\n', 1) as pid",
);
process.stdout.write(row?.pid ?? "", () => process.kill(process.pid, "SIGKILL"));
