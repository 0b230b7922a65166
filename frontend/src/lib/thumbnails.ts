/** Larger ones would cost more than a look at them is worth. */
const LARGEST_BYTES = 1024 * 1024
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])

interface Sized {
  content_type: string
  size: number
}

/** Whether the original is small enough to stand for itself. */
export function canBeThumbnail({ content_type, size }: Sized): boolean {
  return size > 0 && size <= LARGEST_BYTES && SHOWN.has(content_type.split(';', 1)[0]!.trim().toLowerCase())
}
