import { TrunklineError } from "@trunkline/contract";

/** Largest answer of a forge that is read, in bytes; a page of 100 pull requests has about 2 MB. */
const MAX_BYTES = 16 * 1_048_576;

/** The body as text. @throws TrunklineError `remote_failed` where it is too large. */
export async function readBounded(response: Response): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) {
      throw new TrunklineError("remote_failed", `The answer has more than ${MAX_BYTES / 1_048_576} MB`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
