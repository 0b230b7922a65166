import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import type { MessageKey } from '@/locales/messages'
import { useSession } from '@/stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    title: MessageKey
    isOpen?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/files' },
  {
    path: '/files/:folderId([0-9a-f]{32})?',
    name: 'folder',
    component: () => import('./views/FolderView.vue'),
    meta: { title: 'shell.files' },
  },
  { path: '/search', name: 'search', component: () => import('./views/SearchView.vue'), meta: { title: 'shell.search' } },
  { path: '/recent', name: 'recent', component: () => import('./views/RecentView.vue'), meta: { title: 'shell.recent' } },
  { path: '/trash', name: 'trash', component: () => import('./views/TrashView.vue'), meta: { title: 'shell.trash' } },
  { path: '/account', name: 'account', component: () => import('./views/AccountView.vue'), meta: { title: 'shell.account' } },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('./views/SignInView.vue'),
    meta: { title: 'door.signIn', isOpen: true },
  },
  {
    path: '/sign-up',
    name: 'sign-up',
    component: () => import('./views/SignUpView.vue'),
    meta: { title: 'door.signUp', isOpen: true },
  },
  {
    path: '/:rest(.*)*',
    name: 'missing',
    component: () => import('./views/MissingView.vue'),
    meta: { title: 'shell.notFound', isOpen: true },
  },
]

export function createRoutes(): Router {
  const router = createRouter({ history: createWebHistory(), routes })

  router.beforeEach(async (to) => {
    const session = useSession()
    // Without an answer the page opens all the same, and says itself that nobody can be reached.
    await session.load().catch(() => undefined)
    if (session.state === 'out' && !to.meta.isOpen) return { name: 'sign-in', query: { next: to.fullPath } }
    if (session.isSignedIn && to.name !== 'missing' && to.meta.isOpen) return { name: 'folder' }
    return true
  })
  return router
}

/** Where to go after signing in: a page of ours, never another site. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/files'
}
