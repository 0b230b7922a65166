export type Preview = 'image' | 'video' | 'audio' | 'text' | 'markdown' | 'pdf' | 'none'

const ENDINGS: Record<string, Preview> = {
  ...all('image', 'avif bmp gif ico jpeg jpg png svg webp'),
  ...all('video', 'm4v mkv mov mp4 ogv webm'),
  ...all('audio', 'aac flac m4a mp3 oga ogg opus wav'),
  ...all('markdown', 'markdown md'),
  ...all('pdf', 'pdf'),
  ...all('text', 'bash bat c cc cfg conf cpp cs css csv dart diff env go gradle h hpp htm html ini java js json jsonl'),
  ...all('text', 'jsx kt less log lua mjs patch php pl properties ps1 py r rb rs rst scala scss sh sql srt svelte'),
  ...all('text', 'swift tex toml ts tsv tsx txt vtt vue xml yaml yml zsh'),
}
const NAMES: Record<string, Preview> = all('text', 'dockerfile license makefile readme')
const TEXTUAL = /^text\/|^application\/(json|xml|javascript|x-sh|x-yaml|toml)$|\+(json|xml)$/
const IMAGES = /^image\/(avif|bmp|gif|jpeg|png|svg\+xml|webp)$/

/**
 * How a file can be looked at in place. The name counts before the type, which is often only what some device made of
 * the name; whatever is neither is not guessed at.
 */
export function previewOf(name: string, contentType: string): Preview {
  const lower = name.toLowerCase()
  const ending = lower.slice(lower.lastIndexOf('.') + 1)
  return ENDINGS[ending] ?? NAMES[lower] ?? byType(contentType.split(';', 1)[0]!.trim().toLowerCase())
}

function byType(type: string): Preview {
  if (IMAGES.test(type)) return 'image'
  if (type.startsWith('video/')) return 'video'
  if (type.startsWith('audio/')) return 'audio'
  if (type === 'application/pdf') return 'pdf'
  if (type === 'text/markdown') return 'markdown'
  return TEXTUAL.test(type) ? 'text' : 'none'
}

function all(preview: Preview, endings: string): Record<string, Preview> {
  return Object.fromEntries(endings.split(' ').map((ending) => [ending, preview]))
}
