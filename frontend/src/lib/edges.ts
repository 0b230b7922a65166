const EDGE_PIXELS = 72
const FASTEST_PIXELS = 22

/** How far to scroll in one frame when a pointer is held at `y` of a window: near an edge, the faster the nearer. */
export function scrollAt(y: number, windowHeight: number): number {
  const beyond = y < EDGE_PIXELS ? y - EDGE_PIXELS : y > windowHeight - EDGE_PIXELS ? y - (windowHeight - EDGE_PIXELS) : 0
  // Never -0.
  return 0 + Math.round((Math.min(Math.abs(beyond), EDGE_PIXELS) / EDGE_PIXELS) * FASTEST_PIXELS) * Math.sign(beyond)
}
