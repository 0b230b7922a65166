import { currentLocale } from './locale'

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte']
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** "12.4 MB" in the reader's language. Decimal, as disks are sold and browsers count. */
export function formatSize(bytes: number, locale = currentLocale()): string {
  const step = Math.min(UNITS.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** step
  const style = { style: 'unit', unit: UNITS[step]!, unitDisplay: step ? 'short' : 'long' } as const
  const digits = step && value < 99.95 ? 1 : 0
  return new Intl.NumberFormat(locale, { ...style, maximumFractionDigits: digits }).format(value)
}

/** How long ago within a day, else the date, with the year if it is not this one. */
export function formatTime(iso: string, now: Date, locale = currentLocale()): string {
  const then = new Date(iso)
  const age = now.getTime() - then.getTime()
  if (Math.abs(age) < MINUTE) return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(0, 'second')
  if (then.toDateString() === now.toDateString()) {
    return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(then)
  }
  const year = Math.abs(age) < 300 * DAY ? {} : ({ year: 'numeric' } as const)
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...year }).format(then)
}

/** To the minute, for who wants to know exactly. */
export function formatMoment(iso: string, locale = currentLocale()): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' }).format(new Date(iso))
}

/** Short, and to the minute. */
export function formatDayAndTime(iso: string, locale = currentLocale()): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
}

export function formatCount(count: number, locale = currentLocale()): string {
  return new Intl.NumberFormat(locale).format(count)
}

export function formatShare(part: number, whole: number, locale = currentLocale()): string {
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(whole ? part / whole : 1)
}

const SECONDS_PER_HOUR = 3600

/** "40 sec", "3 min", "1 hr 20 min": rounded, as nobody waits to the second. */
export function formatDuration(seconds: number, locale = currentLocale()): string {
  const say = (value: number, unit: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(value)
  if (seconds < 55) return say(Math.max(5, Math.ceil(seconds / 5) * 5), 'second')
  const minutes = Math.max(1, Math.round(seconds / 60))
  if (seconds < SECONDS_PER_HOUR && minutes < 60) return say(minutes, 'minute')
  const hours = say(Math.floor(minutes / 60), 'hour')
  return minutes % 60 && minutes < 600 ? `${hours} ${say(minutes % 60, 'minute')}` : hours
}
