import type { Problem } from '@/api/problem'
import en from '@/locales/en'
import { language, t } from '.'

type Code = keyof typeof en.problems

/** What went wrong, in the reader's language. The server speaks English, and more exactly than a code can. */
export function problemText({ code, detail }: Pick<Problem, 'code' | 'detail'>): string {
  if (language.value === 'en' && detail) return detail
  return isKnown(code) ? t(`problems.${code}`) : detail || t('problems.unknown')
}

function isKnown(code: string): code is Code {
  return Object.hasOwn(en.problems, code)
}

/** With what the server calls the request, for whoever asks for help. */
export function withRequest(detail: string, id: string): string {
  return id ? t('names.withRequest', { detail, id }) : detail
}
