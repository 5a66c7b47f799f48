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

/**
 * @returns what was attached to a task, to be attached again. @throws TrunklineError `not_found` where the caller may not read
 * it: a document that was imported names any
 */
export async function attachedAgain(
  store: Pick<Store, "events" | "blobs">,
  { userId }: Principal,
  task: { id: string; sessionId: string },
): Promise<ContentPart[]> {
  const attachments = await attachmentsOf(store, task);
  for (const part of attachments) {
    if (part.type !== "image" && part.type !== "file") continue;
    if ((await store.blobs.find(userId, part.blob.sha256)) !== undefined) continue;
    throw new TrunklineError(
      "not_found",
      `${part.blob.name ?? "A file"} that was attached to it is not on this server, as it is not part of an export: submit ` +
        "the prompt anew, with the file",
    );
  }
  return attachments;
}
