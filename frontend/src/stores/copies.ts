import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { runBatch } from '@/api/batch'
import { latestJobs, type Job } from '@/api/jobs'
import { copyNode, type Node } from '@/api/nodes'
import { problemFrom } from '@/api/problem'
import { items } from '@/lib/items'
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
    return { id: state === 'done' ? node_id : null, ...(error && { why: error.detail }) }
  }

  async function copyOne(node: Node, folderId: string): Promise<Copied> {
    try {
      const answer = await copyNode(node.id, folderId)
      return 'state' in answer ? await ended(answer) : { id: answer.id }
    } catch (error) {
      return { why: `“${node.name}”: ${problemFrom(error).detail}` }
    }
  }

  /** Copies each, tells how it went, and offers to take it back. */
  async function copy(nodes: Node[], folder: { id: string; name: string }): Promise<void> {
    const lanes = new Lanes(AT_ONCE)
    const results = await Promise.all(nodes.map((node) => lanes.run(() => copyOne(node, folder.id))))
    endedCount.value += 1
    const made = results.flatMap(({ id }) => id ?? [])
    const why = results.find((result) => result.why)?.why
    if (!made.length && !why) return notices.say('Copying was stopped.')
    const told = `Copied ${items(made.length)} to “${folder.name}”.`
    const run = () => void takeBack(made)
    notices.say(why ? `${told} Not ${items(nodes.length - made.length)}. ${why}` : told, made.length ? { label: 'Undo', run } : null)
  }

  async function takeBack(ids: string[]): Promise<void> {
    try {
      await runBatch(ids.map((id) => ({ op: 'trash', node_id: id })))
      notices.say(`Moved ${items(ids.length)} to the trash.`)
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
