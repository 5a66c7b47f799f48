import { createClient } from "@trunkline/client";

/** Same origin; the session cookie is sent automatically. No connection is opened before the first call. */
export const apiClient = createClient({ url: "" });
