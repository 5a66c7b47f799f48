import { type ContentPart, type Principal, type SubmitTaskInput, TrunklineError } from "@trunkline/contract";
import type { Store } from "../store/port.ts";

/** @returns uploaded files as parts of a prompt. @throws TrunklineError `not_found` for one that the caller may not read */
export async function resolveAttachments(
  { blobs }: Pick<Store, "blobs">,
  { userId }: Principal,
  attachments: NonNullable<SubmitTaskInput["attachments"]>,
): Promise<ContentPart[]> {
  return Promise.all(
    attachments.map(async ({ blobId, name }): Promise<ContentPart> => {
      const blob = await blobs.find(userId, blobId);
      if (blob === undefined) {
        throw new TrunklineError(
          "not_found",
          `There is no blob ${blobId}: upload the file first (POST /api/blobs)`,
        );
      }
      const { sha256, mediaType, bytes } = blob;
      const type = mediaType.startsWith("image/") ? "image" : "file";
      return { type, blob: { sha256, mediaType, bytes, ...(name !== undefined && { name }) } };
    }),
  );
}

/** @returns what was attached to a task when it was submitted. */
export async function attachmentsOf(
  { events }: Pick<Store, "events">,
  { id, sessionId }: { id: string; sessionId: string },
): Promise<ContentPart[]> {
  for await (const event of events.ofTypes(sessionId, ["task.submitted"])) {
    if (event.taskId === id) return event.data.attachments ?? [];
  }
  return [];
}
