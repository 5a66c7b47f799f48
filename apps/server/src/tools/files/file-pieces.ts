import type { FileHandle } from "node:fs/promises";

const PIECE_BYTES = 65_536;

/** Reads up to `size` bytes, fewer if the file has become shorter. */
export async function* filePieces(file: FileHandle, size: number): AsyncGenerator<Buffer, void> {
  for (let position = 0; position < size;) {
    const length = Math.min(PIECE_BYTES, size - position);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Reads exactly `size` bytes: zeros for those that have been cut off. */
export async function* filledPieces(file: FileHandle, size: number): AsyncGenerator<Buffer, void> {
  let missing = size;
  for await (const piece of filePieces(file, size)) {
    missing -= piece.length;
    yield piece;
  }
  for (; missing > 0; missing -= Math.min(missing, PIECE_BYTES)) {
    yield Buffer.alloc(Math.min(missing, PIECE_BYTES));
  }
}

/** Reads to the end, wherever that is by then. */
export async function* wholeFile(file: FileHandle): AsyncGenerator<Buffer, void> {
  yield* filePieces(file, Number.MAX_SAFE_INTEGER);
}
