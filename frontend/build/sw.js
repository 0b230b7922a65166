// Keeps the page's own files, so that it opens without a network and says so itself. Nothing that anybody's account
// holds: answers and files of the server never pass through here. build/shell.ts fills in the list of files.
const { name, files } = self.__SHELL__
const SHELL = '/index.html'
const OURS = 'stowage-shell-'
const ASSETS = '/assets/'

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(activate()))
// The page asks when its reader agrees; else the next start finds the new one.
self.addEventListener('message', (event) => event.data === 'now' && self.skipWaiting())
self.addEventListener('fetch', (event) => {
  const answer = answerTo(event.request)
  if (answer) event.respondWith(answer)
})

// All or nothing: in the middle of a deploy some may be missing, and the next visit tries again.
async function install() {
  const cache = await caches.open(name)
  await cache.addAll(files.map((path) => (path.startsWith(ASSETS) ? path : new Request(path, { cache: 'reload' }))))
}

async function activate() {
  const names = await caches.keys()
  await Promise.all(names.filter((each) => each.startsWith(OURS) && each !== name).map((each) => caches.delete(each)))
  await self.clients.claim()
}

function answerTo(request) {
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return null
  if (/^\/(api|docs|health)(\/|$)|^\/openapi\.json$/.test(pathname)) return null
  // From the server, so that a deploy is seen at once; what is kept is for when nobody answers.
  if (request.mode === 'navigate') return fetch(request).catch(() => kept(SHELL))
  if (pathname.startsWith(ASSETS)) return keptOrFetched(request)
  return files.includes(pathname) ? fetch(request).catch(() => kept(pathname)) : null
}

async function kept(path) {
  const cache = await caches.open(name)
  return (await cache.match(path, { ignoreVary: true })) ?? Response.error()
}

// Named by their content: what is kept is what would come.
async function keptOrFetched(request) {
  const found = await caches.match(request, { ignoreVary: true })
  if (found) return found
  const answer = await fetch(request)
  if (answer.ok) {
    const copy = answer.clone()
    // A full disk is no reason to show nothing.
    await caches.open(name).then((cache) => cache.put(request, copy), () => undefined).catch(() => undefined)
  }
  return answer
}
