import { answered, client, idempotent, type Schema } from './client'

export type Operation = Schema<'Batch'>['operations'][number]
export type Result = Schema<'Result'>

const LARGEST_BATCH = 1000

/** Any number of changes, each by itself; their results in the same order. One that is refused spoils no other. */
export async function runBatch(operations: Operation[]): Promise<Result[]> {
  const results: Result[] = []
  for (let at = 0; at < operations.length; at += LARGEST_BATCH) {
    const part = operations.slice(at, at + LARGEST_BATCH)
    const answer = await answered(
      client.POST('/api/v1/nodes:batch', { body: { operations: part }, params: { header: idempotent() } }),
    )
    results.push(...answer.results)
  }
  return results
}
