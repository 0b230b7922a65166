import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { onSessionEnd } from '@/api/client'
import * as people from '@/api/people'
import { Problem } from '@/api/problem'
import { csrfToken } from '@/lib/cookies'

type State = 'unknown' | 'in' | 'out'

/** Who is signed in, in this tab and all others. */
export const useSession = defineStore('session', () => {
  const account = ref<people.Account | null>(null)
  const state = ref<State>('unknown')
  const tabs = new BroadcastChannel('stowage-session')

  const isSignedIn = computed(() => state.value === 'in')

  function enter(who: people.Account): void {
    account.value = who
    state.value = 'in'
  }

  function leave(): void {
    account.value = null
    state.value = 'out'
  }

  /** Finds out once who is signed in. Throws Problem if nobody can say. */
  async function load(): Promise<void> {
    if (state.value !== 'unknown') return
    if (!csrfToken(document.cookie)) return leave()
    try {
      enter(await people.whoAmI())
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error
      leave()
    }
  }

  async function signIn(credentials: people.Credentials): Promise<void> {
    enter(await people.signIn(credentials))
  }

  async function signUp(credentials: people.Credentials): Promise<void> {
    await people.register(credentials)
    await signIn(credentials)
  }

  async function signOut(): Promise<void> {
    await people.signOut()
    leave()
    tabs.postMessage('left')
  }

  onSessionEnd(leave)
  tabs.onmessage = leave

  return { account, state, isSignedIn, load, signIn, signUp, signOut }
})
