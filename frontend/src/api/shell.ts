const WORKER = '/sw.js'
const LOOK_MILLISECONDS = 60 * 60_000

/**
 * Lets a worker keep the page's own files (build/sw.js), so that it opens without a network. `onNewer` is called when
 * a newer page is there than the one that is shown; what it is given shows it. Browsers have no workers on plain HTTP.
 */
export async function keepShell(onNewer: (show: () => void) => void): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined
  // A part that is not on the server any more: the page is of yesterday.
  addEventListener('vite:preloadError', () => onNewer(() => location.reload()))
  if (!import.meta.env.PROD || !workers) return
  const registration = await workers.register(WORKER)
  const show = takeOver(workers, registration, onNewer)

  const tell = () => registration.waiting && workers.controller && onNewer(show)
  tell()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', tell)
  })
  setInterval(() => void registration.update().catch(() => undefined), LOOK_MILLISECONDS)
}

/** Lets the waiting worker begin, and shows its page once it has. Another window may have been quicker. */
function takeOver(
  workers: ServiceWorkerContainer,
  registration: ServiceWorkerRegistration,
  onNewer: (show: () => void) => void,
): () => void {
  let isAsked = false
  let hadWorker = Boolean(workers.controller)
  workers.addEventListener('controllerchange', () => {
    if (isAsked) location.reload()
    else if (hadWorker) onNewer(() => location.reload())
    hadWorker = true
  })
  return () => {
    isAsked = true
    registration.waiting?.postMessage('now')
  }
}
