import type { WorkspaceReader } from "../tools/port.ts";
import { readFrontMatter } from "./front-matter.ts";
import type { Skill } from "./port.ts";

/** Where skills are: the folder that all agents share, then the one of the format's inventor. */
const FOLDERS = [".agents/skills", ".claude/skills"];

const MAX_SKILLS = 50;
/** Entries of a folder that are looked at. */
const MAX_ENTRIES = 200;
/** Its beginning holds name and description. */
const MAX_HEAD_BYTES = 8 * 1024;
/** The format's own bounds (agentskills.io/specification), in UTF-16 units. */
const MAX_NAME_LENGTH = 64;
const MAX_DESCRIPTION_LENGTH = 1_024;

/**
 * The skills of a workspace: folders with a `SKILL.md` that starts with a name and a description. One that lacks either
 * is none. Where both folders have the same name, the shared one's counts.
 */
export async function readSkills(reader: WorkspaceReader, workspace: string): Promise<Skill[]> {
  const skills = new Map<string, Skill>();
  for (const folder of FOLDERS) {
    for (const entry of await reader.directoriesIn(workspace, folder, MAX_ENTRIES)) {
      if (skills.size >= MAX_SKILLS) break;
      const path = `${folder}/${entry}/SKILL.md`;
      const head = await reader.readHead(workspace, path, MAX_HEAD_BYTES);
      const { name, description } = await readFrontMatter(head?.text ?? "");
      if (name === undefined || description === undefined || skills.has(name)) continue;
      if (name.length > MAX_NAME_LENGTH) continue;
      skills.set(name, { name, description: description.slice(0, MAX_DESCRIPTION_LENGTH), path });
    }
  }
  return [...skills.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
