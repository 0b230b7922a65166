import { defineStore } from 'pinia'
import { changesSince, listenToChanges, outlook, type JournalEntry } from '@/api/changes'
import { follow, type News as NewsOf } from '@/lib/changes/follow'
import { oneAmongTabs } from '@/lib/changes/tabs'
import { pauseUntilOnline } from '@/lib/pause'

export type News = NewsOf<JournalEntry>
type Message = News | 'where are we?'

const NAME = 'stowage-changes'
const ports = { since: changesSince, listen: listenToChanges, judge: outlook, pause: pauseUntilOnline }

/** What happens to the drive, from whatever device. One tab of the browser listens, and tells the others. */
export const useChanges = defineStore('changes', () => {
  const listeners = new Set<(news: News) => void>()
  let stop: (() => void) | undefined

  /** Begins to follow the drive of this account; ends with `unfollow`. */
  function followDrive(accountId: string): void {
    stop?.()
    const end = new AbortController()
    const tabs = new BroadcastChannel(`${NAME}-${accountId}`)
    let cursor = ''
    let isTeller = false

    function take(news: News): void {
      cursor = news.cursor
      if (news.entries.length || news.isAnew) listeners.forEach((listener) => listener(news))
    }

    function tell(news: News): void {
      tabs.postMessage(news satisfies Message)
      take(news)
    }

    tabs.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data !== 'where are we?') take(data)
      // So that a new tab could go on should this one be closed before anything happens.
      else if (isTeller) tabs.postMessage({ entries: [], cursor, isAnew: false } satisfies Message)
    }
    tabs.postMessage('where are we?' satisfies Message)
    void oneAmongTabs(
      tabs.name,
      (signal) => {
        isTeller = true
        return follow(ports, { cursor, onNews: tell, signal })
      },
      end.signal,
    )
    stop = () => {
      end.abort()
      tabs.close()
    }
  }

  function unfollow(): void {
    stop?.()
    stop = undefined
  }

  /** The returned function ends it. */
  function onNews(listener: (news: News) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  return { followDrive, unfollow, onNews }
})
