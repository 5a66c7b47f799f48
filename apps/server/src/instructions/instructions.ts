import { posix } from "node:path";
import type { WorkspaceReader } from "../tools/port.ts";
import type { Instructions } from "./port.ts";
import { readSkills } from "./skills.ts";

/** As much of an `AGENTS.md` as is read: what others of the field read, too. */
const MAX_DOCUMENT_BYTES = 32 * 1024;

export function createInstructions(reader: WorkspaceReader): Instructions {
  return {
    async documentOf(workspace, directory) {
      const path = posix.join(directory, "AGENTS.md");
      const head = await reader.readHead(workspace, path, MAX_DOCUMENT_BYTES);
      if (head === null || head.text.trim() === "") return null;
      const { text, omittedBytes } = head;
      return { source: "repository", path, text, ...(omittedBytes > 0 && { omittedBytes }) };
    },
    skillsOf: async (workspace) => readSkills(reader, workspace),
  };
}
