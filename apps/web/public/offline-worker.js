// oxlint-disable typescript/no-unsafe-argument, typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-return -- it is served as it stands, and no types of workers are installed
// Caches the UI's pages and assets, and serves them while the server is unreachable: no API, no streams, no sign-in. And shows
// the notifications that the server pushes and pages ask for, because it alone knows whether any page is visible. Asset names contain a content hash, so a cached one is never stale.
const PAGES = "trunkline-pages-1";
const FILES = "trunkline-files-1";
/** Assets of old builds are dropped, least recently used first. */
const MAX_FILES = 400;
/** What goes before all of the server's paths: `/agents`, or nothing. */
const BASE_PATH = new URL(".", self.location.href).pathname.slice(0, -1);

/** One page per kind: all sessions share a page until its script reads the address. */
function pageKey(url) {
  const path = url.pathname.slice(BASE_PATH.length);
  if (path === "/" || path === "/settings") return url.pathname;
  return /^\/s\/[^/]+$/.test(path) ? `${BASE_PATH}/s/any` : null;
}

self.addEventListener("install", (event) => {
  // The page that registered this worker was loaded before it: cache it now, with its assets.
  event.waitUntil(
    Promise.all(["/", "/s/any", "/settings"].map((path) => keepPage(BASE_PATH + path))).then(() =>
      self.skipWaiting(),
    ),
  );
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    const key = pageKey(url);
    if (key !== null) event.respondWith(page(request, key));
  } else if (url.pathname.startsWith(`${BASE_PATH}/_next/static/`)) {
    event.respondWith(file(request));
  }
});

self.addEventListener("message", (event) => {
  const { files = [], notice } = event.data;
  if (notice !== undefined) event.waitUntil(show(notice));
  event.waitUntil(Promise.all(files.map((name) => file(new Request(name)).catch(() => {}))));
});

self.addEventListener("push", (event) => event.waitUntil(tell(event.data)));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.path));
});

/** Several hidden tabs may ask for the same: it is one by its tag. Whoever looks at a page is told by the page. */
async function show({ title, body, tag, path, always }) {
  const pages = await self.clients.matchAll({ type: "window" });
  if (!always && pages.some(({ visibilityState }) => visibilityState === "visible")) return;
  const icon = `${BASE_PATH}/icons/192.png`;
  await self.registration.showNotification(title, { body, tag, icon, data: { path } });
}

/** Of the server's kinds (PushMessage); of a later server, which may have others, something is said as well: browsers demand it. */
const WORDS = {
  approval: "Needs your approval",
  question: "Needs your answer",
  completed: "Finished",
  failed: "Failed",
  canceled: "Stopped at a limit",
  test: "Notifications work on this device",
};

/** What the server has pushed, unless its session is before somebody's eyes. Pages may have asked for the same: it is one by its tag. */
async function tell(data) {
  const { kind, sessionId, title } = messageOf(data);
  const path = sessionId === null ? "/settings" : `/s/${sessionId}`;
  if (sessionId !== null && (await visiblePaths()).includes(path)) return;
  await self.registration.showNotification(title || "Trunkline", {
    body: WORDS[kind] ?? "Has news",
    tag: sessionId ?? "test",
    icon: `${BASE_PATH}/icons/192.png`,
    data: { path: WORDS[kind] === undefined && sessionId === null ? "/" : path },
  });
}

function messageOf(data) {
  try {
    const { kind, sessionId, title } = data.json();
    return { kind, sessionId: typeof sessionId === "string" ? sessionId : null, title };
  } catch {
    return { kind: "unknown", sessionId: null, title: "" };
  }
}

async function visiblePaths() {
  const pages = await self.clients.matchAll({ type: "window" });
  const visible = pages.filter(({ visibilityState }) => visibilityState === "visible");
  return Promise.all(visible.map((client) => pathOf(client, 5_000)));
}

/**
 * A page may have changed its address since it was loaded, which not every browser tells: it is asked itself. One that is busy
 * answers late, one that is frozen or no page of the UI never does: `null` after `ms`.
 */
function pathOf(client, ms) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", ({ data }) => resolve(data));
    port1.start();
    setTimeout(() => resolve(null), ms);
    client.postMessage({ asksPath: true }, [port2]);
  });
}

/** In the page that shows it, else in any that is open, else in a new one. */
async function open(path) {
  const pages = await self.clients.matchAll({ type: "window" });
  // Browsers let a window be focused for about a second after the click.
  const paths = await Promise.all(pages.map((client) => pathOf(client, 500)));
  const known = pages[Math.max(0, paths.indexOf(path))];
  if (known === undefined) return void (await self.clients.openWindow(BASE_PATH + path));
  known.postMessage({ open: path });
  await known.focus().catch(() => {});
}

async function page(request, key) {
  try {
    const answer = await fetch(request);
    // Don't cache the page that says that the server is starting.
    if (answer.ok) await remember(PAGES, key, answer.clone());
    return answer;
  } catch (error) {
    const kept = await caches.match(key, { cacheName: PAGES });
    if (kept !== undefined) return kept;
    throw error;
  }
}

async function file(request) {
  const kept = await caches.match(request, { cacheName: FILES });
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok && answer.status === 200) await remember(FILES, request, answer.clone());
  return answer;
}

async function keepPage(path) {
  const answer = await fetch(path, { credentials: "same-origin" });
  if (!answer.ok) return;
  const html = await answer.clone().text();
  await remember(PAGES, path, answer);
  const names = new Set(html.match(/(?:\/[\w.~-]+)*\/_next\/static\/[\w./~-]+\.(?:js|css|woff2)/g) ?? []);
  await Promise.all([...names].map((name) => file(new Request(name)).catch(() => {})));
}

async function remember(name, key, answer) {
  try {
    const cache = await caches.open(name);
    await cache.put(key, answer);
    if (name !== FILES) return;
    const keys = await cache.keys();
    await Promise.all(keys.slice(0, Math.max(0, keys.length - MAX_FILES)).map((old) => cache.delete(old)));
  } catch {
    // No space or no permission: the response itself is what matters.
  }
}
