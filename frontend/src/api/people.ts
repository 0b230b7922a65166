import { answered, client, idempotent, type Schema } from './client'

export type Account = Schema<'Account'>

export interface Credentials {
  email: string
  password: string
}

/** Problems: `email_taken`, `email_invalid`, `password_unacceptable`. */
export function register({ email, password }: Credentials): Promise<Account> {
  return answered(
    client.POST('/api/v1/accounts', { body: { email, password }, params: { header: idempotent() } }),
  )
}

/** The session's tokens become cookies, which no script can read. Problems: `credentials_wrong`, `too_many_attempts`. */
export async function signIn({ email, password }: Credentials): Promise<Account> {
  const body = { email, password, device: deviceName(navigator.userAgent), cookies: true }
  const { account } = await answered(
    client.POST('/api/v1/sessions', { body, params: { header: idempotent() } }),
  )
  return account
}

export function whoAmI(): Promise<Account> {
  return answered(client.GET('/api/v1/account'))
}

export async function signOut(): Promise<void> {
  await answered(
    client.DELETE('/api/v1/sessions/{session_id}', {
      params: { path: { session_id: 'current' }, header: idempotent() },
    }),
  )
}

export type Session = Schema<'Session'>

/** The devices that are signed in, newest first. */
export async function sessions(): Promise<Session[]> {
  return (await answered(client.GET('/api/v1/sessions'))).items
}

/** From its next request on, the device is signed out. */
export async function endSession(id: string): Promise<void> {
  await answered(
    client.DELETE('/api/v1/sessions/{session_id}', {
      params: { path: { session_id: id }, header: idempotent() },
    }),
  )
}

/** Signs all other devices out. Problems: `credentials_wrong`, `password_unacceptable`, `too_many_attempts`. */
export async function changePassword(current: string, wanted: string): Promise<void> {
  await answered(
    client.POST('/api/v1/account/password', {
      body: { current_password: current, new_password: wanted },
      params: { header: idempotent() },
    }),
  )
}

export function deviceName(userAgent: string): string {
  const browser = /Edg|OPR|Firefox|Chrome|Safari/.exec(userAgent)?.[0] ?? 'Browser'
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(userAgent)?.[0]
  const name = { Edg: 'Edge', OPR: 'Opera' }[browser] ?? browser
  return system ? `${name} on ${system}` : name
}
