import { z } from "zod";

/** A path in a tool's input. */
export const PathInput = z.string().min(1).max(4_096).describe("Relative to the workspace");
