import { createTRPCClient, httpBatchLink, type TRPCClient } from "@trpc/client";
import { MAX_BATCH_CALLS, type AppRouter } from "@trunkline/contract";
import { answeredFetch } from "./call/answered-fetch.ts";
import { toConnection, type ClientOptions, type Connection } from "./connection.ts";
import { joinedCalls } from "./call/joined-calls.ts";
import { typedErrors } from "./call/typed-errors.ts";

/** A typed client: `client.task.submit.mutate({ prompt })`, `client.session.get.query({ sessionId })`, … */
export type TrunklineClient = TRPCClient<AppRouter>;

/** Kept beside the clients, because tRPC turns every property of a client into a procedure. */
const connections = new WeakMap<TrunklineClient, Connection>();

/**
 * Creates a client for one server. Calls made in the same tick share a request. No connection is opened before the
 * first call, and there is nothing to close.
 *
 * Calls reject with TrunklineApiError if the server refuses and with TrunklineConnectionError if it can't be reached.
 * They are not retried, except once where the server says that it has not read them (HTTP 408). To follow a session, use `followSession`.
 *
 * @example
 * const client = createClient({ url: "http://127.0.0.1:4400", token });
 * const { taskId, sessionId } = await client.task.submit.mutate({ prompt: "run: ls -la" });
 */
export function createClient(options: ClientOptions): TrunklineClient {
  const connection = toConnection(options);
  const client = createTRPCClient<AppRouter>({
    links: [
      ...(options.joinsCalls === true ? [joinedCalls] : []),
      typedErrors,
      httpBatchLink({
        url: `${connection.url}/trpc`,
        maxItems: MAX_BATCH_CALLS,
        fetch: answeredFetch(connection),
        headers: connection.headers,
      }),
    ],
  });
  connections.set(client, connection);
  return client;
}

/** @throws TypeError for a client that `createClient` did not make */
export function connectionOf(client: TrunklineClient): Connection {
  const connection = connections.get(client);
  if (connection === undefined)
    throw new TypeError("Create the client with createClient from @trunkline/client");
  return connection;
}
