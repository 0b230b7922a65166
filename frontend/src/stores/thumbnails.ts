import { defineStore } from 'pinia'
import { contentOf } from '@/api/files'
import { Lanes } from '@/lib/upload/lanes'

const AT_ONCE = 6
/** Less than the five minutes that an address is good for. */
const GOOD_MILLISECONDS = 4 * 60_000
const MOST_KEPT = 500

/** Where small images are in storage, to be shown straight from there; asked for a few at a time. */
export const useThumbnails = defineStore('thumbnails', () => {
  const lanes = new Lanes(AT_ONCE)
  const known = new Map<string, { url: string; until: number }>()

  /** Empty if nobody can say, or if nobody wants to know any more when its turn comes. */
  async function addressOf({ id, version }: { id: string; version: number }, isWanted: () => boolean): Promise<string> {
    const key = `${id} ${version}`
    const found = known.get(key)
    if (found && found.until > Date.now()) return found.url
    return lanes.run(async () => {
      if (!isWanted()) return ''
      const content = await contentOf(id).catch(() => null)
      if (content) keep(key, content.url)
      return content?.url ?? ''
    })
  }

  function keep(key: string, url: string): void {
    known.delete(key)
    known.set(key, { url, until: Date.now() + GOOD_MILLISECONDS })
    if (known.size > MOST_KEPT) known.delete(known.keys().next().value!)
  }

  return { addressOf }
})
