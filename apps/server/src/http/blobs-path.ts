/** Where files are uploaded, and below which they are found by their hash. */
export const BLOBS_PATH = "/api/blobs";
