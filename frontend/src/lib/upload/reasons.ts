/** Why the server took no file, in words that say what to do; what has none here is said in the server's. */
const REASONS: Record<string, string> = {
  quota_exceeded: 'There is no room left for it. Empty the trash or delete something, then try again.',
  file_too_large: 'It is larger than a file may be.',
  permission_denied: 'You may no longer put files there.',
  node_not_found: 'The folder it was for is gone. Was it deleted?',
  name_invalid: 'Its name cannot be used here. Rename it, and upload it again.',
  too_deep: 'Its folders lie too deep in each other.',
  upload_not_found: 'It waited too long, and the server has let go of it. Try again to send it anew.',
  part_claimed: 'The file has changed since its upload began. Try again to send it anew.',
}

const TOO_LARGE = 413

/** `detail`: what the server said. */
export function reasonFor({ code, status, detail }: { code: string; status: number; detail: string }): string {
  const reason = REASONS[code]
  if (reason) return reason
  return status === TOO_LARGE ? REASONS.file_too_large! : detail
}
