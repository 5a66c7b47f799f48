import { createClient } from "@trunkline/client";
import { fetchWithKey } from "../auth/page-key.ts";
import { BASE_PATH } from "../navigation/base-path.ts";

/** Same origin; the session cookie is sent automatically, the page's key by us. No connection is opened before the first call. */
export const apiClient = createClient({ url: BASE_PATH, fetch: fetchWithKey, joinsCalls: true });
