import { z } from "zod";
import { mcpPrivateHosts } from "./mcp-servers.ts";

/** Push notifications, and where they may be sent. */
export const push = z
  .strictObject({
    enabled: z
      .boolean()
      .optional()
      .describe("Whether browsers can subscribe to push notifications, and are sent any; default true."),
    contact: z
      .string()
      .max(300)
      .refine(
        (text) => /^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(text),
        "takes mailto:NAME@DOMAIN or an https address",
      )
      .optional()
      .describe(
        "Where push services can reach you about this server's notifications: mailto:NAME@DOMAIN or an https address; " +
          "default: the server's first public https address.",
      ),
    privateHosts: mcpPrivateHosts
      .optional()
      .describe("Private hosts (HOST or HOST:PORT) that push services may be on; others must be public."),
  })
  .describe("Push notifications to browsers, sent through the push services of their makers.");
