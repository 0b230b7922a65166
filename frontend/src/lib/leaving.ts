let isExpected = false

/** Whether leaving the page would surprise anybody; a download begins as if the page were left. */
export const leaving = {
  get isExpected(): boolean {
    return isExpected
  },

  withoutWarning(leave: () => void): void {
    isExpected = true
    leave()
    setTimeout(() => (isExpected = false), 1000)
  },
}
