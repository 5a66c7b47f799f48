/** The zod schemas of the wire, at run time. Types alone come from the package's main entry, without zod. */
export * from "./activity.ts";
export * from "./audit.ts";
export * from "./agent.ts";
export * from "./approval.ts";
export * from "./content-part.ts";
export * from "./event.ts";
export * from "./invitation.ts";
export * from "./primitives.ts";
export * from "./question.ts";
export * from "./search.ts";
export * from "./server-info.ts";
export * from "./session.ts";
export * from "./session-document.ts";
export * from "./task.ts";
export * from "./token.ts";
export * from "./tool-kind.ts";
export * from "./user.ts";
