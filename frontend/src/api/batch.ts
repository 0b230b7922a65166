import { answered, client, idempotent, type Schema } from './client'
import { problemFrom, type Problem } from './problem'

export type Operation = Schema<'Batch'>['operations'][number]
export type Result = Schema<'Result'>

const LARGEST_BATCH = 1000

/**
 * Any number of changes, each by itself; their results in the same order. One that is refused spoils no other, and when
 * nobody answers any more, those of before are known all the same: the rest are refused with that. Throws Problem if
 * none was taken.
 */
export async function runBatch(operations: Operation[], send = sendBatch): Promise<Result[]> {
  const results: Result[] = []
  for (let at = 0; at < operations.length; at += LARGEST_BATCH) {
    try {
      results.push(...(await send(operations.slice(at, at + LARGEST_BATCH))))
    } catch (error) {
      if (!results.length) throw error
      return [...results, ...operations.slice(at).map(() => refused(problemFrom(error)))]
    }
  }
  return results
}

async function sendBatch(operations: Operation[]): Promise<Result[]> {
  const body = { operations }
  return (await answered(client.POST('/api/v1/nodes:batch', { body, params: { header: idempotent() } }))).results
}

function refused({ status, code, detail, requestId }: Problem): Result {
  const problem = { type: 'about:blank', title: detail, status, code, detail, request_id: requestId }
  return { status, node: null, trash_item: null, problem }
}
