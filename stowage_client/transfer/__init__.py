"""Files to the drive and back: many at once, in parallel parts, resumable, in constant memory.

put, get            what a command asks for: files, folders, conflicts, the report
  upload, download  one file, from its first byte to its proof
    pipeline        hash → sign → send → report, each stage ahead of the next
    ledger, partial what a cut transfer leaves behind to go on from
      crew          the threads that read, hash, send and write
"""
