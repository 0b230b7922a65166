import { defineStore } from 'pinia'
import { ref } from 'vue'
import { problemFrom } from '@/api/problem'
import { problemText } from '@/i18n/problems'

export interface Notice {
  id: number
  text: string
  tone: 'plain' | 'error'
  requestId: string
  action: { label: string; run: () => void } | null
}

/** The one message at the foot of the page; a newer one takes its place. */
export const useNotices = defineStore('notices', () => {
  const current = ref<Notice | null>(null)
  let lastId = 0

  function put(notice: Omit<Notice, 'id'>): void {
    current.value = { ...notice, id: ++lastId }
  }

  function say(text: string, action: Notice['action'] = null): void {
    put({ text, tone: 'plain', requestId: '', action })
  }

  /** What went wrong, and what the server calls the request. */
  function fail(error: unknown): void {
    const problem = problemFrom(error)
    put({ text: problemText(problem), tone: 'error', requestId: problem.requestId, action: null })
  }

  function dismiss(): void {
    current.value = null
  }

  return { current, say, fail, dismiss }
})
