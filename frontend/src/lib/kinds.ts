export type Kind = 'folder' | 'image' | 'video' | 'audio' | 'text' | 'archive' | 'other'

const ENDINGS: Record<string, Kind> = {
  ...all('image', 'avif gif heic jpeg jpg png svg tif tiff webp'),
  ...all('video', 'avi m4v mkv mov mp4 webm'),
  ...all('audio', 'aac flac m4a mp3 oga ogg opus wav'),
  ...all('text', 'csv doc docx md odt pdf rtf txt'),
  ...all('archive', '7z bz2 gz rar tar xz zip zst'),
}

/** What sort of thing a file is, for its icon. */
export function fileKind(name: string, contentType: string): Kind {
  const family = contentType.split('/', 1)[0]
  if (family === 'image' || family === 'video' || family === 'audio') return family
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return ENDINGS[ending] ?? (family === 'text' ? 'text' : 'other')
}

function all(kind: Kind, endings: string): Record<string, Kind> {
  return Object.fromEntries(endings.split(' ').map((ending) => [ending, kind]))
}
