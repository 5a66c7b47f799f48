interface Page {
  documentElement: { dataset: Record<string, string | undefined> };
}

const { document: page } = globalThis as { document?: Page };

/**
 * What goes before all of the server's paths, e.g. `/agents`, or nothing. The UI is built without knowing: the server tells its
 * process when it starts, and the page carries it on to the browser (app/layout.tsx).
 */
export const BASE_PATH: string =
  page === undefined
    ? // oxlint-disable-next-line no-restricted-properties -- how the server tells
      (process.env["TRUNKLINE_BASE_PATH"] ?? "")
    : (page.documentElement.dataset["basePath"] ?? "");

/** @param path of the server as all of the UI writes it, e.g. `/settings` or `/api/blobs`. @returns it as the browser knows it */
export function placed(path: string): string {
  return path.startsWith("/") ? BASE_PATH + path : path;
}

/** @param pathname as the browser knows it. @returns it as all of the UI writes it */
export function pathIn(pathname: string): string {
  if (BASE_PATH === "" || !`${pathname}/`.startsWith(`${BASE_PATH}/`)) return pathname;
  return pathname.slice(BASE_PATH.length) || "/";
}

/** Of a store, channel or lock: all servers of an origin share these, and their users have nothing to do with each other. */
export function ownName(name: string): string {
  return BASE_PATH + name;
}
