#!/bin/sh
# Removes .venv and .data, and what the embedded databases keep outside (see invekto/db/binaries.py).
set -eu

for database in .data/pg .data/test/server; do
    pid_file=$database/cluster/postmaster.pid
    if [ -e "$pid_file" ] && kill -0 "$(head -n 1 "$pid_file")" 2>/dev/null; then
        echo "a server still runs in $database: end the demo or the tests first" >&2
        exit 1
    fi
    if [ -L "$database" ]; then
        rm -rf "$(readlink "$database")"
    fi
done
rm -rf .venv .data .mypy_cache .ruff_cache .hypothesis
