import { runBatch, type Operation } from '@/api/batch'
import type { Node } from '@/api/nodes'
import { items } from '@/lib/items'
import { useNotices } from '@/stores/notices'

interface Bulk {
  operation: (node: Node) => Operation
  /** Takes one back. */
  undo: (node: Node) => Operation
  /** What was done, to so many. */
  told: (count: string) => string
}

/** What can be done to many nodes at once; each says how it went, and calls `onChange` when it is over. */
export function useBulkActions(onChange: () => void) {
  const notices = useNotices()

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      notices.fail(error)
    } finally {
      // After a lost answer, too: a part may have been done.
      onChange()
    }
  }

  /** Does it to each; those that it was done to, and why not to the first of the others. */
  async function each(nodes: Node[], operation: Bulk['operation']) {
    const results = await runBatch(nodes.map(operation))
    const done = nodes.filter((_, at) => results[at]?.status === 200)
    const refusedAt = results.findIndex(({ status }) => status !== 200)
    const why = refusedAt < 0 ? '' : `“${nodes[refusedAt]!.name}”: ${results[refusedAt]!.problem?.detail ?? ''}`
    return { done, why: why && ` Not done for ${items(nodes.length - done.length)}. ${why}` }
  }

  function perform(nodes: Node[], { operation, undo, told }: Bulk): Promise<void> {
    return attempt(async () => {
      const { done, why } = await each(nodes, operation)
      const run = () => void takeBack(done, undo)
      notices.say(told(items(done.length)) + why, done.length ? { label: 'Undo', run } : null)
    })
  }

  function takeBack(nodes: Node[], undo: Bulk['operation']): Promise<void> {
    return attempt(async () => {
      const { done, why } = await each(nodes, undo)
      notices.say(`Brought back ${items(done.length)}.${why}`)
    })
  }

  function trash(nodes: Node[]): Promise<void> {
    return perform(nodes, {
      operation: ({ id }) => ({ op: 'trash', node_id: id }),
      undo: ({ id }) => ({ op: 'restore', node_id: id, conflict: 'rename' }),
      told: (count) => `Moved ${count} to the trash.`,
    })
  }

  function move(nodes: Node[], folder: { id: string; name: string }): Promise<void> {
    return perform(nodes, {
      operation: ({ id }) => ({ op: 'update', node_id: id, parent_id: folder.id, conflict: 'fail' }),
      undo: ({ id, parent_id }) => ({ op: 'update', node_id: id, parent_id: parent_id!, conflict: 'rename' }),
      told: (count) => `Moved ${count} to “${folder.name}”.`,
    })
  }

  return { trash, move }
}
