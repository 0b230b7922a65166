import { defineStore } from 'pinia'
import { ref } from 'vue'
import { cancelJob, job, type Job } from '@/api/jobs'
import { problemFrom } from '@/api/problem'
import { useNotices } from './notices'

const LOOK_MILLISECONDS = 500
const SLOW_LOOK_MILLISECONDS = 3000

/** Work of the server that goes on whatever page is shown, and whether or not one is; looked at until it ends. */
export const useJobs = defineStore('jobs', () => {
  const notices = useNotices()
  const open = ref(new Map<string, Job>())
  const ends = new Map<string, Promise<Job>>()

  /** What it was when it ended. Never rejects; asked again it is the same one. */
  function follow(begun: Job): Promise<Job> {
    const known = ends.get(begun.id)
    if (known) return known
    const end = lookOn(begun)
    ends.set(begun.id, end)
    return end
  }

  async function lookOn(begun: Job): Promise<Job> {
    let seen = begun
    open.value.set(begun.id, begun)
    while (isOpen(seen)) {
      await new Promise((resolve) => setTimeout(resolve, pause(seen)))
      seen = await job(begun.id).catch((error: unknown) => given(error, seen))
      open.value.set(begun.id, seen)
    }
    open.value.delete(begun.id)
    return seen
  }

  async function stop(id: string): Promise<void> {
    try {
      const stopping = await cancelJob(id)
      if (open.value.has(id)) open.value.set(id, stopping)
    } catch (error) {
      notices.fail(error)
    }
  }

  return { open, follow, stop }
})

export function isOpen({ state }: Job): boolean {
  return state === 'queued' || state === 'running'
}

/** Who cannot be reached now will be asked again; a job that is gone has ended. */
function given(error: unknown, seen: Job): Job {
  return problemFrom(error).isPassing ? seen : { ...seen, state: 'done' }
}

function pause({ total }: Job): number {
  return (total ?? 0) > 10_000 ? SLOW_LOOK_MILLISECONDS : LOOK_MILLISECONDS
}
