import { answered, client, type Schema } from './client'

/** Where a file's bytes are for the next minutes, in a form that a browser saves and never shows. */
export async function downloadAddress(id: string): Promise<string> {
  const answer = await answered(
    client.GET('/api/v1/files/{file_id}/content', {
      params: { path: { file_id: id }, query: { url: true } },
    }),
  )
  const { url } = answer as Schema<'Download'>
  const manner = new URL(url).searchParams.get('response-content-disposition') ?? ''
  // `download` on a link counts for our own origin only; types that storage would show come through the gateway.
  return manner.startsWith('attachment') ? url : `/api/v1/files/${id}/content?relay=true`
}

/** Where a folder is made into a zip while it is saved. It is looked for first: a browser that leaves for it can neither
 * renew the session nor show why it may not. Problem: `node_not_found`. */
export async function zipAddress(id: string): Promise<string> {
  await answered(client.GET('/api/v1/nodes/{node_id}', { params: { path: { node_id: id } } }))
  return `/api/v1/folders/${id}/zip`
}
