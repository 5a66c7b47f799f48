import type { McpServer, McpTransport } from "@trunkline/contract";
import type { AuditRecord } from "./audit.ts";

export type McpSettings = Pick<McpServer, "enabled" | "trust" | "onlyTools" | "timeoutMs">;

/** An MCP server of a user or of a project. */
export interface StoredMcpServer extends McpSettings {
  id: string;
  ownerId: string;
  /** Null: for all sessions of its owner. */
  projectId: string | null;
  name: string;
  transport: McpTransport;
  /** Its secrets, encrypted with a key that the store does not have; null: it has none. */
  sealed: string | null;
  /** Raised by each change. */
  revision: number;
  createdAt: number;
  updatedAt: number;
}

export type McpChange = Pick<StoredMcpServer, "name" | "transport" | "sealed" | "updatedAt"> & McpSettings;

/** MCP servers. They belong to no session's log. */
export interface McpServerStore {
  find(serverId: string): Promise<StoredMcpServer | undefined>;
  /** Those of a user, and those of a project that this user may use, by name. */
  of(places: { ownerId: string; projectId: string | null }): Promise<StoredMcpServer[]>;
  /**
   * @throws UniqueViolationError if the user, or the project, has one of this name. GuardFailedError if they have as many
   * as they may.
   */
  create(
    server: Omit<StoredMcpServer, "revision">,
    options: { max: number },
    audit: AuditRecord,
  ): Promise<void>;
  /** Raises the revision. @throws UniqueViolationError; GuardFailedError if it is gone or was changed meanwhile. */
  update(server: { id: string; revision: number }, change: McpChange, audit: AuditRecord): Promise<void>;
  /** Deletes its authorizations as well. */
  delete(serverId: string, audit: AuditRecord): Promise<void>;
}
