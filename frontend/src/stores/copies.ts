import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { runBatch } from '@/api/batch'
import { latestJobs, type Job } from '@/api/jobs'
import { copyNode, type Entry } from '@/api/nodes'
import { problemFrom } from '@/api/problem'
import { t } from '@/i18n'
import { items } from '@/i18n/items'
import { problemText } from '@/i18n/problems'
import { Lanes } from '@/lib/upload/lanes'
import { isOpen, useJobs } from './jobs'
import { useNotices } from './notices'

const AT_ONCE = 4

interface Copied {
  /** The copy; without one there is none, for a reason or because it was stopped. */
  id?: string | null
  why?: string
}

/** Copies: of files at once, of folders by jobs of the server. */
export const useCopies = defineStore('copies', () => {
  const notices = useNotices()
  const jobs = useJobs()
  /** How many have come to an end: then folders look different. */
  const endedCount = ref(0)
  const open = computed(() => [...jobs.open.values()].filter(({ kind }) => kind === 'copy'))

  async function ended(begun: Job): Promise<Copied> {
    const { state, node_id, error } = await jobs.follow(begun)
    return { id: state === 'done' ? node_id : null, ...(error && { why: problemText(error) }) }
  }

  async function copyOne(node: Entry, folderId: string): Promise<Copied> {
    try {
      const answer = await copyNode(node.id, folderId)
      return 'state' in answer ? await ended(answer) : { id: answer.id }
    } catch (error) {
      return { why: t('browse.reason', { name: node.name, why: problemText(problemFrom(error)) }) }
    }
  }

  /** Copies each, tells how it went, and offers to take it back. */
  async function copy(nodes: Entry[], folder: { id: string; name: string }): Promise<void> {
    // What it offers to take back is not what is being done now.
    notices.dismiss()
    const lanes = new Lanes(AT_ONCE)
    const results = await Promise.all(nodes.map((node) => lanes.run(() => copyOne(node, folder.id))))
    endedCount.value += 1
    const made = results.flatMap(({ id }) => id ?? [])
    const why = results.find((result) => result.why)?.why
    if (!made.length && !why) return notices.say(t('browse.copyStopped'))
    const told = t('browse.copied', { items: items(made.length), folder: folder.name })
    const missing = why && t('browse.notFor', { items: items(nodes.length - made.length), why })
    const run = () => void takeBack(made)
    notices.say(missing ? `${told} ${missing}` : told, made.length ? { label: t('common.undo'), run } : null)
  }

  async function takeBack(ids: string[]): Promise<void> {
    try {
      await runBatch(ids.map((id) => ({ op: 'trash', node_id: id })))
      notices.say(t('browse.trashed', { items: items(ids.length) }))
    } catch (error) {
      notices.fail(error)
    } finally {
      endedCount.value += 1
    }
  }

  /** Goes on watching what was begun before the page was loaded. */
  async function find(): Promise<void> {
    const latest = await latestJobs().catch(() => [])
    for (const found of latest) {
      if (isOpen(found) && found.kind === 'copy') void jobs.follow(found).then(() => (endedCount.value += 1))
    }
  }

  return { open, endedCount, copy, find, stop: jobs.stop }
})
