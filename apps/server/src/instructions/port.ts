import type { EventDataOf } from "@trunkline/contract";

export type InstructionDocument = EventDataOf<"instructions.read">["documents"][number];
export type Skill = NonNullable<EventDataOf<"instructions.read">["skills"]>[number];

/** Instructions for agents that stand in a workspace's files, by the field's conventions. */
export interface Instructions {
  /**
   * The `AGENTS.md` of a directory.
   * @param directory relative to the workspace; empty: the workspace itself
   * @returns null if it has none that can be read
   */
  documentOf(workspace: string, directory: string): Promise<InstructionDocument | null>;
  /** The workspace's skills, by name; their texts are read by the model when it needs them. */
  skillsOf(workspace: string): Promise<Skill[]>;
}
