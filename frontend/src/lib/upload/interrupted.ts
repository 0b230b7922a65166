import type { Remembered } from './memory'

export interface Found {
  record: Remembered
  file: File
}

/** Whether it is the file that was being sent, as far as can be told without reading it. */
export function isSame(record: Remembered, file: File): boolean {
  return file.size === record.sizeBytes && file.lastModified === record.lastModified
}

/** Finds for each record the file among those that were picked again; by name, and the folders it came with. */
export function matchPicked(records: Remembered[], files: File[]): { found: Found[]; missing: Remembered[] } {
  const found: Found[] = []
  const missing: Remembered[] = []
  for (const record of records) {
    const path = [...record.folders, record.name].join('/')
    const fits = (file: File) => file.webkitRelativePath === path || file.name === record.name
    const file = files.find((each) => fits(each) && isSame(record, each))
    if (file) found.push({ record, file })
    else missing.push(record)
  }
  return { found, missing }
}
