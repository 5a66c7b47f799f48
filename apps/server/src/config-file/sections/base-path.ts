import { z } from "zod";

/** Segments that mean the same to every proxy, browser and cookie. */
const BASE_PATH = /^(?:\/|(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+\/?)$/;

export const basePath = z
  .string()
  .max(200)
  .regex(
    BASE_PATH,
    "takes a path such as /agents: letters, digits and . _ ~ - between slashes, or / for none",
  )
  .describe("The path that the server is below behind a proxy. TRUNKLINE_BASE_PATH takes precedence.");
