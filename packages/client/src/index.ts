/** Client for a Trunkline server, for Node and browsers, with every type of the contract. */
export type * from "@trunkline/contract";
export { endStateOf } from "@trunkline/contract";
export { type ErrorShape, isApiError, TrunklineApiError } from "./api-error.ts";
export { createClient, type TrunklineClient } from "./client.ts";
export { type ClientOptions, isToken } from "./connection.ts";
export { exportDocument, importDocument } from "./session-document.ts";
export { TrunklineConnectionError } from "./connection-error.ts";
export { followActivity } from "./follow-activity.ts";
export { followSession, type FollowOptions } from "./follow-session.ts";
export { followTask, type FollowTaskOptions } from "./follow-task.ts";
export type { Backoff } from "./stream/backoff.ts";
export type { StreamError } from "./stream/reconnecting.ts";
export type { FollowState, StreamOptions } from "./stream/stream-options.ts";
export { downloadBlob } from "./blob-download.ts";
export { uploadBlob } from "./blob-upload.ts";
export { downloadArchive, downloadFile, downloadPatch } from "./workspace-download.ts";
export { watchSession, type WatchOptions } from "./watch-session.ts";
