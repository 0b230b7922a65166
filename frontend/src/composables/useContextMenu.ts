import { computed, nextTick, onMounted, onUnmounted, ref, shallowRef, watch, type Ref } from 'vue'
import { useLongPress } from './useLongPress'

type Target = HTMLElement | [x: number, y: number]

interface Menu {
  target: Target
  /** The number of the row that it is about; none: about the place itself. */
  at: number | null
  /** Whether it is about this row alone, whatever is selected. */
  isAlone: boolean
}

/**
 * A menu where the right button, a resting finger, the menu key or Shift+F10 asks for one. The focus comes back from it.
 * `ofPlace`: whether there is one where there is no row.
 */
export function useContextMenu(
  surface: Readonly<Ref<HTMLElement | null>>,
  ofPlace: boolean,
  onOpen: (menu: Menu) => void,
) {
  const menu = shallowRef<Menu | null>(null)
  const isOpen = ref(false)
  let opener: HTMLElement | null = null

  function open(target: Target, row: Element | null, isAlone = false): void {
    const at = row instanceof HTMLElement ? Number(row.dataset.at) : null
    if (!isOpen.value) opener = document.activeElement as HTMLElement | null
    menu.value = { target, at, isAlone }
    isOpen.value = true
    onOpen(menu.value)
  }

  const rowOf = (target: Element) => target.closest('[data-at]')
  const press = useLongPress((target, at) => {
    if (isOurs(target)) open(at, rowOf(target))
  })

  function asked(event: MouseEvent): void {
    if (!isOurs(event.target as Element)) return
    event.preventDefault()
    if (!press.isPressed()) open([event.clientX, event.clientY], rowOf(event.target as Element))
  }

  /** Browsers differ in where they ask for a menu by key, and on a Mac none does. */
  function pressed(event: KeyboardEvent): void {
    const focused = document.activeElement ?? document.body
    const isKey = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)
    if (!isKey || isOpen.value || !(surface.value?.contains(focused) || focused.contains(surface.value))) return
    const row = rowOf(focused)
    if (!row && !ofPlace) return
    event.preventDefault()
    open((row ?? surface.value) as HTMLElement, row)
  }

  watch(isOpen, async (is) => {
    if (is) return
    await nextTick()
    const now = document.activeElement
    if (!now || now === document.body || now.closest('.v-menu')) opener?.focus({ preventScroll: true })
  })
  watch(
    surface,
    (element) => {
      element?.addEventListener('contextmenu', asked)
      element?.addEventListener('click', press.click, { capture: true })
      for (const [name, heard] of Object.entries(press.listeners)) element?.addEventListener(name, heard as EventListener)
    },
    { immediate: true },
  )
  onMounted(() => addEventListener('keydown', pressed))
  onUnmounted(() => removeEventListener('keydown', pressed))

  return { target: computed(() => menu.value?.target), isOpen, open }
}

/** The browser's own menu stays where it is of use: at fields, and at links and buttons outside the rows. */
function isOurs(target: Element): boolean {
  if (target.closest('input:not([type=checkbox]), textarea')) return false
  return !!target.closest('[data-at]') || !target.closest('a, button')
}
