/** Path for uploads, and prefix of the downloads by hash. */
export const BLOBS_PATH = "/api/blobs";
