import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import { useSession } from '@/stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
    isOpen?: boolean
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/files' },
  {
    path: '/files/:folderId([0-9a-f]{32})?',
    name: 'folder',
    component: () => import('./views/FolderView.vue'),
    meta: { title: 'Files' },
  },
  { path: '/search', name: 'search', component: () => import('./views/SearchView.vue'), meta: { title: 'Search' } },
  { path: '/recent', name: 'recent', component: () => import('./views/RecentView.vue'), meta: { title: 'Recent' } },
  { path: '/trash', name: 'trash', component: () => import('./views/TrashView.vue'), meta: { title: 'Trash' } },
  { path: '/account', name: 'account', component: () => import('./views/AccountView.vue'), meta: { title: 'Account' } },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('./views/SignInView.vue'),
    meta: { title: 'Sign in', isOpen: true },
  },
  {
    path: '/sign-up',
    name: 'sign-up',
    component: () => import('./views/SignUpView.vue'),
    meta: { title: 'Sign up', isOpen: true },
  },
  {
    path: '/:rest(.*)*',
    name: 'missing',
    component: () => import('./views/MissingView.vue'),
    meta: { title: 'Not found', isOpen: true },
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
  router.afterEach((to) => (document.title = `${to.meta.title} · Stowage`))
  return router
}

/** Where to go after signing in: a page of ours, never another site. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/files'
}
