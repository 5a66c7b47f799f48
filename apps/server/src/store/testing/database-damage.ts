import { closeSync, fstatSync, openSync, writeSync } from "node:fs";

const PAGE_BYTES = 4_096;

/** Overwrites pages of a database with garbage. @param first counts from 0. */
export function overwritePages(path: string, first: number, count = 1): void {
  const file = openSync(path, "r+");
  try {
    for (let page = first; page < first + count; page++) {
      writeSync(file, new Uint8Array(PAGE_BYTES).fill(0xa5), 0, PAGE_BYTES, page * PAGE_BYTES);
    }
  } finally {
    closeSync(file);
  }
}

export function pageCount(path: string): number {
  const file = openSync(path, "r");
  try {
    return fstatSync(file).size / PAGE_BYTES;
  } finally {
    closeSync(file);
  }
}
