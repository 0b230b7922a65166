export interface Usage {
  bytes_used: number
  quota_bytes: number | null
  versions_bytes: number | null
  trash_bytes: number | null
}

export interface Part {
  what: 'files' | 'versions' | 'trash'
  sizeBytes: number
  /** Of the whole, which is the quota; without one, what is used. */
  percent: number
}

/** What takes up the room; while the parts are being counted, all counts as files. */
export function partsOf({ bytes_used, quota_bytes, versions_bytes, trash_bytes }: Usage): Part[] {
  const versions = versions_bytes ?? 0
  const trash = trash_bytes ?? 0
  const whole = Math.max(quota_bytes ?? bytes_used, bytes_used)
  const part = (what: Part['what'], sizeBytes: number): Part => ({
    what,
    sizeBytes,
    percent: whole ? (sizeBytes / whole) * 100 : 0,
  })
  const files = Math.max(0, bytes_used - versions - trash)
  return [part('files', files), part('versions', versions), part('trash', trash)]
}
