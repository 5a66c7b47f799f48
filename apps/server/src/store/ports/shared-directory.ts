/** How the nodes of a store make sure that they all have the same directory for workspaces and blobs. */
export interface SharedDirectoryStore {
  /** The first directory that says so is the store's, for good. @returns the id of the one that is. */
  claim(directoryId: string): Promise<string>;
  /** Says that this node lives, by the name of a file that it keeps in the directory. @returns the other nodes that do. */
  meet(node: { file: string; name: string }): Promise<{ file: string; name: string }[]>;
  leave(file: string): Promise<void>;
}
