// Keeps the page and its files for a whole shift without a network. All of one version come in together or not
// at all; what a phone says to the server is never kept here.
const CACHE = "sunra-duty-{{ version }}";
const SHELL = "{{ shell|escapejs }}";
const FILES = {{ files|safe }};

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([SHELL, ...FILES])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("sunra-duty-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  const key = url.pathname === SHELL ? SHELL : FILES.includes(url.pathname) ? url.pathname : null;
  if (!key) return;
  event.respondWith(caches.match(key).then((kept) => kept ?? fetch(event.request)));
});
