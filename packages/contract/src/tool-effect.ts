/**
 * What calls of a tool can do beyond reading the session's workspace:
 *
 * - `changes-workspace`: changes files of the workspace, or runs programs in it
 * - `writes-outside`: changes things outside the workspace
 * - `egress`: reaches the network, so that what it is given can leave the machine
 * - `reads-untrusted`: gives the model text by strangers, who may try to instruct it
 * - `asks`: asks the user a question
 * - `third-party`: somebody else's server describes it and carries it out, and nobody has vouched for that one
 */
export const TOOL_EFFECTS = [
  "changes-workspace",
  "writes-outside",
  "egress",
  "reads-untrusted",
  "asks",
  "third-party",
] as const;
export type ToolEffect = (typeof TOOL_EFFECTS)[number];
