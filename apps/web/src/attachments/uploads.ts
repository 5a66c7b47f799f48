import { type ErrorShape, isApiError, TrunklineApiError, TrunklineConnectionError } from "@trunkline/client";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { isKeyAnew, pageKeyHeader } from "../auth/page-key.ts";
import { pageKey } from "../auth/page-user.ts";
import { noticeSignedOut } from "../auth/signed-out.ts";
import type { AttachedFile } from "./attached-file.ts";
import { keptFile } from "./kept-files.ts";
import { placed } from "../navigation/base-path.ts";

/** How far a file is. `waiting`: the server can't be reached. */
export type Upload =
  | { state: "uploading"; sent: number }
  | { state: "waiting" }
  | { state: "failed"; message: string }
  | { state: "ready"; blobId: string; at: number };

/** The server keeps what no message refers to for a day; within this time an upload counts, in ms. */
const FRESH_MS = 12 * 60 * 60 * 1_000;

/** The browser does not have its bytes any more. */
export class FileLostError extends Error {}

const uploads = createStore<Readonly<Record<string, Upload>>>(() => ({}));
const running = new Map<string, { done: Promise<string>; abort: () => void }>();

export const useUpload = (id: string): Upload | null => useStore(uploads, (all) => all[id] ?? null);

/** Null while it is not on the server. */
function blobIdOf({ id }: AttachedFile): string | null {
  const state = uploads.getState()[id];
  return state?.state === "ready" && Date.now() - state.at < FRESH_MS ? state.blobId : null;
}

/**
 * Uploads a file, once, whoever asks.
 *
 * @returns the blob's id. @throws what the API throws; FileLostError
 */
export async function upload(file: AttachedFile): Promise<string> {
  const known = blobIdOf(file);
  if (known !== null) return known;
  const already = running.get(file.id);
  if (already !== undefined) return already.done;
  const request = new XMLHttpRequest();
  const done = send(request, file).finally(() => running.delete(file.id));
  running.set(file.id, { done, abort: () => request.abort() });
  return done;
}

/** It was removed from its message. */
export function stopUpload({ id }: AttachedFile): void {
  const forget = (): void => uploads.setState(({ [id]: _, ...others }) => others, true);
  const current = running.get(id);
  if (current === undefined) return forget();
  void current.done.catch(() => {}).finally(forget);
  current.abort();
}

async function send(request: XMLHttpRequest, { id, name }: AttachedFile): Promise<string> {
  const tell = (state: Upload): void => uploads.setState({ [id]: state });
  tell({ state: "uploading", sent: 0 });
  try {
    const data = await keptFile(id);
    if (data === null)
      throw new FileLostError(`${name} is not stored in this browser any more; attach it again.`);
    const key = pageKey();
    const once = (): Promise<string> => post(request, data, (sent) => tell({ state: "uploading", sent }));
    const blobId = await once().catch(async (error: unknown) => {
      if (!isApiError(error, "unauthorized") || !(await isKeyAnew(key))) throw error;
      return once();
    });
    tell({ state: "ready", blobId, at: Date.now() });
    return blobId;
  } catch (error) {
    noticeSignedOut(error);
    if (error instanceof TrunklineConnectionError) tell({ state: "waiting" });
    else tell({ state: "failed", message: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

/** Not `fetch`, which does not say how much was sent. */
function post(request: XMLHttpRequest, data: Blob, onSent: (share: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", ({ loaded, total }) =>
      onSent(total === 0 ? 1 : loaded / total),
    );
    const cut = (): void => reject(new TrunklineConnectionError("The upload was cut off"));
    for (const type of ["error", "abort", "timeout"]) request.addEventListener(type, cut);
    request.addEventListener("load", () => {
      const answer = request.response as { sha256?: string; error?: ErrorShape } | null;
      if (request.status === 201 && typeof answer?.sha256 === "string") resolve(answer.sha256);
      else if (answer?.error?.data !== undefined) reject(new TrunklineApiError(answer.error));
      // A proxy that can't reach the server.
      else if (request.status >= 500) cut();
      else reject(new Error(`The server answered ${request.status}.`));
    });
    request.open("POST", placed("/api/blobs"));
    request.responseType = "json";
    request.setRequestHeader("content-type", "application/octet-stream");
    for (const [header, value] of Object.entries(pageKeyHeader())) request.setRequestHeader(header, value);
    request.send(data);
  });
}
