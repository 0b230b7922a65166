import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { cancelJob, job, latestJobs, type Job } from '@/api/jobs'
import { problemFrom } from '@/api/problem'
import { deleteForEver, emptyTrash } from '@/api/trash'
import { useNotices } from './notices'

const LOOK_MILLISECONDS = 500
const SLOW_LOOK_MILLISECONDS = 3000

function isOpen({ state }: Job): boolean {
  return state === 'queued' || state === 'running'
}

/** Deletions for ever: jobs of the server, which go on whatever page is shown, and whether or not one is. */
export const useDeletions = defineStore('deletions', () => {
  const notices = useNotices()
  const jobs = ref(new Map<string, Job>())
  /** How many have ended: then the trash looks different. */
  const endedCount = ref(0)
  const emptying = computed(() => [...jobs.value.values()].find(({ kind }) => kind === 'empty_trash'))

  async function watchOver(begun: Job): Promise<void> {
    if (jobs.value.has(begun.id)) return
    jobs.value.set(begun.id, begun)
    let seen = begun
    while (isOpen(seen)) {
      await new Promise((resolve) => setTimeout(resolve, pause(seen)))
      seen = await job(begun.id).catch((error: unknown) => give(error, seen))
      jobs.value.set(begun.id, seen)
    }
    jobs.value.delete(begun.id)
    endedCount.value += 1
    if (seen.error) notices.say(seen.error.detail)
  }

  /** Who cannot be reached now will be asked again; a job that is gone has ended. */
  function give(error: unknown, seen: Job): Job {
    return problemFrom(error).isPassing ? seen : { ...seen, state: 'done' }
  }

  async function begin(start: () => Promise<Job>): Promise<void> {
    try {
      void watchOver(await start())
    } catch (error) {
      notices.fail(error)
    }
  }

  /** Goes on watching what was begun elsewhere, or before the page was loaded. */
  async function find(): Promise<void> {
    const latest = await latestJobs().catch(() => [])
    for (const found of latest) if (isOpen(found) && found.kind !== 'copy') void watchOver(found)
  }

  async function stop(id: string): Promise<void> {
    try {
      jobs.value.set(id, await cancelJob(id))
    } catch (error) {
      notices.fail(error)
    }
  }

  return {
    emptying,
    endedCount,
    find,
    stop,
    empty: () => begin(emptyTrash),
    deleteForEver: (id: string) => begin(() => deleteForEver(id)),
  }
})

function pause({ total }: Job): number {
  return (total ?? 0) > 10_000 ? SLOW_LOOK_MILLISECONDS : LOOK_MILLISECONDS
}
