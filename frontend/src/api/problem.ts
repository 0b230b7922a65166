/** What an operation failed with: the server's `application/problem+json`, or that nobody answered. */
export class Problem extends Error {
  override readonly name = 'Problem'

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly requestId = '',
    readonly retryAfterSeconds = 0,
  ) {
    super(detail)
  }

  /** Whether the same request may go through later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500
  }
}

const UNREACHABLE = 'The server cannot be reached. Is this device online?'

/** `error` as a Problem. What is no answer of the server at all counts as unreachable. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof Problem) return error
  return new Problem(0, 'unreachable', UNREACHABLE)
}

/** Reads a refusal. A proxy in front may answer anything, so nothing is taken for granted. */
export function problemOf(body: unknown, response: Response): Problem {
  const said = isRecord(body) ? body : {}
  const detail = text(said.detail) || `The server answered ${response.status}.`
  const requestId = text(said.request_id) || (response.headers.get('x-request-id') ?? '')
  const wait = Number(response.headers.get('retry-after'))
  return new Problem(
    response.status,
    text(said.code) || 'unknown',
    detail,
    requestId,
    Number.isFinite(wait) ? wait : 0,
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
