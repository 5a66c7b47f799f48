import { type BlobService, TrunklineError } from "@trunkline/contract";
import type { Blobs } from "../blobs/port.ts";

export function createBlobService({ blobs }: { blobs: Blobs }): BlobService {
  return {
    create: async ({ userId }, bytes, size) => blobs.put(userId, bytes, size),
    async get({ userId }, blobId) {
      const blob = await blobs.find(userId, blobId);
      if (blob === undefined) throw new TrunklineError("not_found", `There is no blob ${blobId}`);
      return {
        blob,
        async open() {
          const bytes = await blobs.open(blobId);
          if (bytes === undefined)
            throw new TrunklineError("not_found", `The bytes of blob ${blobId} are gone`);
          return bytes;
        },
      };
    },
  };
}
