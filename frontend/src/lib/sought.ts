import type { MessageKey } from '@/locales/messages'

/** A search as the address of its page says it: so it can be kept, sent, and gone back to. */
export interface Question {
  text: string
  type: string
  size: string
  age: string
  /** The id of the folder to look in; empty: everywhere. */
  folder: string
}

export interface Choice {
  value: string
  title: MessageKey
}

const MEGABYTE = 1_000_000
const DAY_MILLISECONDS = 86_400_000

export const TYPES: Choice[] = [
  { value: '', title: 'search.typeAny' },
  { value: 'folder', title: 'search.typeFolder' },
  { value: 'image', title: 'search.typeImage' },
  { value: 'video', title: 'search.typeVideo' },
  { value: 'audio', title: 'search.typeAudio' },
  { value: 'document', title: 'search.typeDocument' },
  { value: 'archive', title: 'search.typeArchive' },
  { value: 'other', title: 'search.typeOther' },
]

export const SIZES: Choice[] = [
  { value: '', title: 'search.sizeAny' },
  { value: 'small', title: 'search.sizeSmall' },
  { value: 'medium', title: 'search.sizeMedium' },
  { value: 'large', title: 'search.sizeLarge' },
]

export const AGES: Choice[] = [
  { value: '', title: 'search.age0' },
  { value: '1', title: 'search.age1' },
  { value: '7', title: 'search.age7' },
  { value: '30', title: 'search.age30' },
  { value: '365', title: 'search.age365' },
]

const BOUNDS: Record<string, { min_size?: number; max_size?: number }> = {
  small: { max_size: MEGABYTE },
  medium: { min_size: MEGABYTE, max_size: 100 * MEGABYTE },
  large: { min_size: 100 * MEGABYTE },
}

/** Whoever wrote the address may have written anything: what is no choice counts as none. */
export function questionOf(query: Record<string, unknown>): Question {
  const said = (name: string) => (typeof query[name] === 'string' ? query[name] : '')
  const chosen = (name: string, choices: Choice[]) =>
    choices.some(({ value }) => value === said(name)) ? said(name) : ''
  return {
    text: said('q').slice(0, 255),
    type: chosen('type', TYPES),
    size: chosen('size', SIZES),
    age: chosen('age', AGES),
    folder: /^[0-9a-f]{32}$/.test(said('in')) ? said('in') : '',
  }
}

/** Without what is not asked for. */
export function queryOf({ text, type, size, age, folder }: Question): Record<string, string> {
  const all = { q: text, type, size, age, in: folder }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value))
}

export function isAsking({ text, type, size, age }: Question): boolean {
  return Boolean(text.trim() || type || size || age)
}

/** For the server. Ages begin with the hour, so that the pages of one search have one question. */
export function soughtBy<Type extends string>({ text, type, size, age, folder }: Question, now: Date) {
  const hour = Math.floor(now.getTime() / 3_600_000) * 3_600_000
  return {
    ...(text.trim() && { q: text.trim() }),
    ...(type && { type: type as Type }),
    ...BOUNDS[size],
    ...(age && { after: new Date(hour - Number(age) * DAY_MILLISECONDS).toISOString() }),
    ...(folder && { folder_id: folder }),
  }
}
