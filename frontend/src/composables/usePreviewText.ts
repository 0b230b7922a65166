import { onMounted, onScopeDispose, shallowRef } from 'vue'
import { textOf, type Content } from '@/api/files'
import { problemFrom, type Problem } from '@/api/problem'

const MOST_BYTES = 512 * 1024

/** The beginning of a text file. `isCut`: there is more of it. */
export function usePreviewText(content: () => Content) {
  const text = shallowRef<string | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const leaving = new AbortController()

  async function load(): Promise<void> {
    problem.value = null
    try {
      text.value = await textOf(content(), MOST_BYTES, leaving.signal)
    } catch (error) {
      if (!leaving.signal.aborted) problem.value = problemFrom(error)
    }
  }

  onMounted(load)
  onScopeDispose(() => leaving.abort())
  return { text, problem, load, isCut: () => content().size > MOST_BYTES }
}
