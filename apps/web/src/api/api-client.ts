import { createClient } from "@trunkline/client";

/** The page's own origin; the cookie that signing in left goes along by itself. Nothing is opened before a call. */
export const apiClient = createClient({ url: "" });
