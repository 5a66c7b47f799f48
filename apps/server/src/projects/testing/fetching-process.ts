import { openSources } from "./open-sources.ts";

/*
 * `node fetching-process.ts DATA_DIR ROOT SOURCE...` makes a project of each source, says so, and fetches them again and
 * again. To be killed.
 */
const [dataDir = "", root = "", ...urls] = process.argv.slice(2);
const opened = await openSources({ dataDir, root });
for (const url of urls) {
  const known = (await opened.store.projects.page({ ownerId: opened.ownerId, limit: 9 })).find(
    ({ source }) => (source.kind === "git" ? source.url : source.path) === url,
  );
  const isUrl = url.startsWith("file:");
  const made =
    known ?? (await opened.project(isUrl ? { kind: "git", url } : { kind: "directory", path: url }));
  process.stdout.write(`${made.id}\n`);
}
const items = await opened.store.projects.page({ ownerId: opened.ownerId, limit: 9 });
for (;;) {
  for (const { id } of items) {
    await opened.fetch(id);
    process.stdout.write(`fetched ${id}\n`);
  }
}
