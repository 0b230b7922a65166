import { answered, client, idempotent, type Schema } from './client'

export type Job = Schema<'Job'>

/** Problem: `job_not_found`. */
export function job(id: string): Promise<Job> {
  return answered(client.GET('/api/v1/jobs/{job_id}', { params: { path: { job_id: id } } }))
}

/** The latest ones, latest first; a fresh one may be missing for a moment. */
export async function latestJobs(limit = 20): Promise<Job[]> {
  const { items } = await answered(client.GET('/api/v1/jobs', { params: { query: { limit } } }))
  return items
}

/** It stops where it can; one that has ended stays as it is. */
export function cancelJob(id: string): Promise<Job> {
  return answered(
    client.DELETE('/api/v1/jobs/{job_id}', { params: { path: { job_id: id }, header: idempotent() } }),
  )
}
