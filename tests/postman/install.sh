#!/usr/bin/env bash
# newman, as package-lock.json says, into node_modules; nothing to do if it is there. One run at a time.
set -euo pipefail
cd "$(dirname "$0")"
command -v node >/dev/null && command -v npm >/dev/null \
  || { echo "node and npm are needed to run the Postman collection (Debian: apt-get install npm)."; exit 1; }
mkdir -p node_modules
exec 9>node_modules/.lock
flock 9
cmp -s package-lock.json node_modules/.installed && exit 0
echo "Installing newman into tests/postman/node_modules …"
npm ci --no-audit --no-fund --loglevel=error
cp package-lock.json node_modules/.installed
