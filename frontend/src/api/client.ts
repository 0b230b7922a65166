import createClient from 'openapi-fetch'
import { randomId } from '@/lib/ids'
import { withPatience } from './busy'
import { problemFrom, problemOf } from './problem'
import { exclusiveAmongTabs, sharedMark } from './renewal'
import type { components, paths } from './schema'
import { sessionTransport } from './transport'

const listeners = new Set<() => void>()

/** Calls `listener` whenever the session turns out to be over. */
export function onSessionEnd(listener: () => void): void {
  listeners.add(listener)
}

export const client = createClient<paths>({
  baseUrl: location.origin,
  fetch: withPatience(
    sessionTransport({
      origin: location.origin,
      send: (request) => fetch(request),
      cookies: () => document.cookie,
      exclusive: exclusiveAmongTabs,
      mark: sharedMark,
      now: Date.now,
      onEnd: () => listeners.forEach((listener) => listener()),
    }),
  ),
})

export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of a successful answer. Throws Problem; what was cancelled stays an AbortError. */
export async function answered<T>(sent: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await reached(sent)
  if (!response.ok) throw problemOf(error, response)
  return data as NonNullable<T>
}

async function reached<T>(sent: Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    return await sent
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw problemFrom(error)
  }
}

/** The header that makes a repeat of a change harmless. */
export function idempotent(key: string = randomId()): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': key }
}
