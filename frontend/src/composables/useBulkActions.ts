import { runBatch, type Operation } from '@/api/batch'
import type { Entry } from '@/api/nodes'
import { t } from '@/i18n'
import { items } from '@/i18n/items'
import { problemText } from '@/i18n/problems'
import { useNotices } from '@/stores/notices'

interface Bulk {
  operation: (node: Entry) => Operation
  /** Takes one back. */
  undo: (node: Entry) => Operation
  /** What was done, to so many. */
  told: (count: string) => string
  /** That it was taken back; else that so many were brought back. */
  undone?: (count: string) => string
}

/** What can be done to many nodes at once; each says how it went, and calls `onChange` when it is over. */
export function useBulkActions(onChange: () => void) {
  const notices = useNotices()

  async function attempt(work: () => Promise<void>): Promise<void> {
    // What it offers to take back is not what is being done now.
    notices.dismiss()
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
  async function each(nodes: Entry[], operation: Bulk['operation']) {
    const results = await runBatch(nodes.map(operation))
    const done = nodes.filter((_, at) => results[at]?.status === 200)
    const refusedAt = results.findIndex(({ status }) => status !== 200)
    if (refusedAt < 0) return { done, why: '' }
    const { problem } = results[refusedAt]!
    const why = t('browse.reason', { name: nodes[refusedAt]!.name, why: problem ? problemText(problem) : '' })
    return { done, why: ` ${t('browse.notFor', { items: items(nodes.length - done.length), why })}` }
  }

  function perform(nodes: Entry[], { operation, undo, told, undone }: Bulk): Promise<void> {
    return attempt(async () => {
      const { done, why } = await each(nodes, operation)
      const run = () => void takeBack(done, undo, undone)
      notices.say(told(items(done.length)) + why, done.length ? { label: t('common.undo'), run } : null)
    })
  }

  function takeBack(nodes: Entry[], undo: Bulk['operation'], told = broughtBack): Promise<void> {
    return attempt(async () => {
      const { done, why } = await each(nodes, undo)
      notices.say(told(items(done.length)) + why)
    })
  }

  function trash(nodes: Entry[]): Promise<void> {
    return perform(nodes, {
      operation: ({ id }) => ({ op: 'trash', node_id: id }),
      undo: ({ id }) => ({ op: 'restore', node_id: id, conflict: 'rename' }),
      told: (count) => t('browse.trashed', { items: count }),
    })
  }

  function move(nodes: Entry[], folder: { id: string; name: string }): Promise<void> {
    return perform(nodes, {
      operation: ({ id }) => ({ op: 'update', node_id: id, parent_id: folder.id, conflict: 'fail' }),
      undo: ({ id, parent_id }) => ({ op: 'update', node_id: id, parent_id: parent_id!, conflict: 'rename' }),
      told: (count) => t('browse.movedTo', { items: count, folder: folder.name }),
    })
  }

  function restore(nodes: Entry[]): Promise<void> {
    return perform(nodes, {
      operation: ({ id }) => ({ op: 'restore', node_id: id, conflict: 'rename' }),
      undo: ({ id }) => ({ op: 'trash', node_id: id }),
      told: (count) => t('browse.restored', { items: count }),
      undone: (count) => t('browse.trashed', { items: count }),
    })
  }

  return { trash, move, restore }
}

function broughtBack(count: string): string {
  return t('browse.broughtBack', { items: count })
}
