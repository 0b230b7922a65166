import { expect, it } from 'vitest'
import { turnOf, turnOfKey } from './turning'

const from = { x: 200, y: 300 }

it.each([
  [{ x: 90, y: 310 }, 'after'],
  [{ x: 300, y: 290 }, 'before'],
  [{ x: 160, y: 300 }, null],
  [{ x: 100, y: 400 }, null],
])('a finger that ends at %j leafs to what is %s', (to, turn) => {
  expect(turnOf(from, to)).toBe(turn)
})

it('leaves keys that mean something else', () => {
  const none = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false }
  expect(turnOfKey({ ...none, key: 'ArrowRight' } as KeyboardEvent)).toBe('after')
  expect(turnOfKey({ ...none, key: 'ArrowLeft', altKey: true } as KeyboardEvent)).toBeNull()
  expect(turnOfKey({ ...none, key: 'a' } as KeyboardEvent)).toBeNull()
})
