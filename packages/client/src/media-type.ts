/** @returns the media type of an answer without its parameters, e.g. `application/json`; null where it names none. */
export function mediaTypeOf(response: Response): string | null {
  return response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() || null;
}
