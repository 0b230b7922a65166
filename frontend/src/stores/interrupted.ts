import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { abortUpload } from '@/api/uploads'
import { randomId } from '@/lib/ids'
import { pageClosed, pageId } from '@/lib/pages'
import { isSame, matchPicked, type Found } from '@/lib/upload/interrupted'
import type { Remembered } from '@/lib/upload/memory'
import { reopen } from '@/lib/upload/origin'
import { useSession } from './session'
import { memory, useUploads } from './uploads'

/** Uploads whose page was closed, or died, before they had arrived. */
export const useInterrupted = defineStore('interrupted', () => {
  const session = useSession()
  const uploads = useUploads()
  const records = shallowRef<Remembered[]>([])
  /** Whether the browser could not open them by itself: they have to be picked again. */
  const needsPicking = ref(false)
  const watched = new Set([pageId])

  const count = computed(() => records.value.length)
  const names = computed(() => records.value.slice(0, 2).map(({ name }) => name))

  /** Those of this account whose page is closed; of open ones once they are. */
  async function look(): Promise<void> {
    const all = await memory.all()
    for (const id of new Set(all.map((record) => record.pageId))) if (!watched.has(id)) void follow(id)
  }

  async function follow(id: string): Promise<void> {
    watched.add(id)
    await pageClosed(id)
    // Whatever it finished, or another page took over, is not there any more.
    const left = (await memory.all()).filter((record) => record.pageId === id)
    const mine = left.filter(({ accountId }) => accountId === session.account?.id)
    records.value = [...records.value, ...mine]
    needsPicking.value = !records.value.some(({ origin }) => origin)
  }

  /** Opens again what can be opened; the browser may ask for leave, so a click must lead here. */
  async function goOn(): Promise<void> {
    const found: Found[] = []
    const missing: Remembered[] = []
    for (const record of records.value) {
      const file = record.origin && (await reopen(record.origin))
      if (file) found.push({ record: current(record, file), file })
      else missing.push(record)
    }
    take(found, missing)
  }

  /** What changed since it began is another upload. */
  function current(record: Remembered, file: File): Remembered {
    if (isSame(record, file)) return record
    void giveUp([record])
    const anew = { ...record, id: randomId(), sizeBytes: file.size, lastModified: file.lastModified }
    delete anew.uploadId
    delete anew.form
    return anew
  }

  /** How many of them were not among the files that were picked again. */
  function pickedAgain(files: File[]): number {
    const { found, missing } = matchPicked(records.value, files)
    take(found, missing)
    return missing.length
  }

  function take(found: Found[], missing: Remembered[]): void {
    records.value = missing
    needsPicking.value = missing.length > 0
    uploads.resume(found)
  }

  async function discard(): Promise<void> {
    const given = records.value
    records.value = []
    await giveUp(given)
  }

  async function giveUp(given: Remembered[]): Promise<void> {
    await memory.forget(given.map(({ id }) => id))
    // What cannot be told now is swept away by the server, days later.
    await Promise.allSettled(given.flatMap(({ uploadId }) => uploadId ?? []).map(abortUpload))
  }

  watch(
    () => session.account?.id,
    (id) => {
      records.value = []
      if (id) void look()
    },
    { immediate: true },
  )

  return { count, names, needsPicking, goOn, pickedAgain, discard }
})
