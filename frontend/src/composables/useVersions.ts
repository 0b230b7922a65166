import * as api from '@/api/versions'
import { t } from '@/i18n'
import { useNotices } from '@/stores/notices'
import { useNews } from './useNews'
import { usePages } from './usePages'

/** What a file is and was, and what can be done with it. */
export function useVersions(fileId: string) {
  const notices = useNotices()
  const pages = usePages<api.Version>((query, signal) => api.versions(fileId, query, signal))

  async function attempt(work: () => Promise<unknown>, said: string): Promise<void> {
    try {
      await work()
      notices.say(said)
      await pages.refresh()
    } catch (error) {
      notices.fail(error)
    }
  }

  function restore({ number }: api.Version): Promise<void> {
    return attempt(() => api.restoreVersion(fileId, number), t('details.versionCurrent', { number }))
  }

  function keep({ number, kept }: api.Version): Promise<void> {
    const said = t(kept ? 'details.versionNotKept' : 'details.versionKept', { number })
    return attempt(() => api.keepVersion(fileId, number, !kept), said)
  }

  function forget({ number }: api.Version): Promise<void> {
    return attempt(() => api.forgetVersion(fileId, number), t('details.versionGone', { number }))
  }

  void pages.load()
  useNews(({ node }) => node.id === fileId, pages.refresh)
  return { ...pages, restore, keep, forget }
}
