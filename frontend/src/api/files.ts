import { decoded } from '@/lib/decoding'
import { answered, client, type Schema } from './client'
import { Problem, problemFrom } from './problem'

/** Where a file's bytes are for the next minutes, and what they are. */
export type Content = Schema<'Download'>

/** `version`: what the file was; without one what it is. Problems: `node_not_found`, `version_not_found`. */
export async function contentOf(id: string, version?: number): Promise<Content> {
  const query = { url: true, ...(version !== undefined && { version }) }
  const answer = await answered(
    client.GET('/api/v1/files/{file_id}/content', { params: { path: { file_id: id }, query } }),
  )
  return answer as Content
}

/** Where a file's bytes are, in a form that a browser saves and never shows. */
export async function downloadAddress(id: string, version?: number): Promise<string> {
  const { url } = await contentOf(id, version)
  const manner = new URL(url).searchParams.get('response-content-disposition') ?? ''
  if (manner.startsWith('attachment')) return url
  // `download` on a link counts for our own origin only; types that storage would show come through the gateway.
  return `/api/v1/files/${id}/content?relay=true${version === undefined ? '' : `&version=${version}`}`
}

/** The beginning of a text, straight from storage. */
export async function textOf({ url, size }: Content, mostBytes: number, signal: AbortSignal): Promise<string> {
  if (!size) return ''
  try {
    const answer = await fetch(url, { headers: { Range: `bytes=0-${mostBytes - 1}` }, credentials: 'omit', signal })
    if (!answer.ok) throw new Problem(answer.status, 'storage_refused', `Storage answered ${answer.status}.`)
    return decoded(await answer.arrayBuffer())
  } catch (error) {
    throw problemFrom(error)
  }
}

/** Where a folder is made into a zip while it is saved. It is looked for first: a browser that leaves for it can neither
 * renew the session nor show why it may not. Problem: `node_not_found`. */
export async function zipAddress(id: string): Promise<string> {
  await answered(client.GET('/api/v1/nodes/{node_id}', { params: { path: { node_id: id } } }))
  return `/api/v1/folders/${id}/zip`
}

export const MOST_IN_ZIP = 800

/** Where several nodes are made into one zip, at most `MOST_IN_ZIP`. Problem: `node_not_found`, for the first of them. */
export async function zipAddressOf(ids: string[]): Promise<string> {
  await answered(client.GET('/api/v1/nodes/{node_id}', { params: { path: { node_id: ids[0]! } } }))
  return `/api/v1/zip?${ids.map((id) => `id=${id}`).join('&')}`
}
