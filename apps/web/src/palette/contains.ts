import { foldForSearch } from "@trunkline/contract";

/** Whether a name holds what somebody types, as the server's search and its titles take it: case, width, accents apart. */
export function contains(name: string, wanted: string): boolean {
  return foldForSearch(name).includes(foldForSearch(wanted));
}
