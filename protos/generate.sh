#!/usr/bin/env bash
# Writes protos/gen from the .proto files. `generate.sh DIR` writes to DIR instead (how `make check` proves freshness).
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-protos/gen}
bin=${VENV:-.venv}/bin
rm -rf "${out:?}/stowage"
mkdir -p "$out"
"$bin/python" -m grpc_tools.protoc -I protos \
  --plugin=protoc-gen-mypy="$bin/protoc-gen-mypy" --plugin=protoc-gen-mypy_grpc="$bin/protoc-gen-mypy_grpc" \
  --python_out="$out" --grpc_python_out="$out" --mypy_out=quiet:"$out" --mypy_grpc_out=quiet:"$out" \
  $(find protos/stowage -name '*.proto' | sort)
find "$out/stowage" -type d -exec touch {}/__init__.py \;
