import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { latestJobs, type Job } from '@/api/jobs'
import { deleteForEver, emptyTrash } from '@/api/trash'
import { problemText } from '@/i18n/problems'
import { isOpen, useJobs } from './jobs'
import { useNotices } from './notices'

/** Deletions for ever: jobs of the server. */
export const useDeletions = defineStore('deletions', () => {
  const notices = useNotices()
  const jobs = useJobs()
  /** How many have ended: then the trash looks different. */
  const endedCount = ref(0)
  const emptying = computed(() => [...jobs.open.values()].find(({ kind }) => kind === 'empty_trash'))

  async function watchOver(begun: Job): Promise<void> {
    if (jobs.open.has(begun.id)) return
    const { error } = await jobs.follow(begun)
    endedCount.value += 1
    if (error) notices.say(problemText(error))
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

  return {
    emptying,
    endedCount,
    find,
    stop: jobs.stop,
    empty: () => begin(emptyTrash),
    deleteForEver: (id: string) => begin(() => deleteForEver(id)),
  }
})
