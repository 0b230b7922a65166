#!/usr/bin/env bash
# The packages of package-lock.json into node_modules; nothing to do if they are there. One run at a time.
set -euo pipefail
cd "$(dirname "$0")"
command -v npm >/dev/null || { echo "npm is missing (Debian: apt-get install npm)."; exit 1; }
mkdir -p node_modules
exec 9>node_modules/.lock
flock 9
cmp -s package-lock.json node_modules/.installed && exit 0
echo "Installing the frontend's packages into frontend/node_modules …"
npm ci --no-audit --no-fund --loglevel=error
cp package-lock.json node_modules/.installed
