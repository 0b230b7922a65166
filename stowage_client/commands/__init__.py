"""One file per group of verbs. A command reads its arguments, asks, and prints; the work is done below."""
