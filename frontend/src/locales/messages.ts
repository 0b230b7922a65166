import type en from './en'

/** The paths of an object's strings. */
type Leaves<T, Before extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Before}${K}` : Leaves<T[K], `${Before}${K}.`>
}[keyof T & string]

export type Catalogue = typeof en
/** The name of a text, such as `common.cancel`; the compiler knows them all. */
export type MessageKey = Leaves<Catalogue>
/** `named`: what stands in its braces. `count`: which of its forms, parted by bars, is meant. */
export type Translate = (key: MessageKey, named?: Record<string, string | number>, count?: number) => string
