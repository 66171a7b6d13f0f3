#!/bin/sh
# Usage: install.sh runtime|dev PYTHON
# Makes .venv from requirements/WHICH.txt, or does nothing when it is there already.
# An environment whose making was interrupted is made anew.
set -eu

which=$1
python=$2
venv=.venv
half_done=$venv/.half-done

fingerprint() {
    { cat "requirements/$1.txt" requirements/build.txt pyproject.toml; pwd; } | cksum | tr ' ' '-'
}

say() {
    printf '\033[2m[setup]\033[0m %s\n' "$1" >&2
}

complete() {
    [ ! -e "$half_done" ] && [ -e "$venv/.$1-$(fingerprint "$1")" ]
}

if complete "$which" || { [ "$which" = runtime ] && complete dev; }; then
    exit 0
fi

"$python" - <<'PY' || { say "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ..."; exit 1; }
import sys
sys.exit(sys.version_info < (3, 11))
PY

started=$(date +%s)
if [ -e "$half_done" ] || [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c '' 2>/dev/null; then
    say "1/3 Python environment in $venv"
    rm -rf "$venv"
    mkdir "$venv"
    : >"$half_done"
    "$python" -m venv "$venv" || {
        say "python -m venv does not work here; on Debian: apt-get install python3-venv"
        exit 1
    }
fi
: >"$half_done"

if [ ! -x "$venv/bin/uv" ]; then
    say "2/3 uv, the installer"
    "$venv/bin/python" -m pip install --quiet --require-hashes -r requirements/build.txt
fi

total=$(grep -c '==' "requirements/$which.txt")
say "3/3 $total locked packages, about 1 GB on disk"
log=$venv/install.log
VIRTUAL_ENV=$venv "$venv/bin/uv" pip install --quiet --require-hashes \
    -r "requirements/$which.txt" >"$log" 2>&1 &
installer=$!
trap 'kill "$installer" 2>/dev/null; exit 130' INT TERM
while kill -0 "$installer" 2>/dev/null; do
    if [ -t 2 ]; then
        there=$(find "$venv"/lib/python*/site-packages -maxdepth 1 -name '*.dist-info' | wc -l)
        printf '\r        %3d s  %3d of %d' "$(($(date +%s) - started))" "$there" "$total" >&2
    fi
    sleep 0.3
done
[ -t 2 ] && printf '\r%40s\r' '' >&2
wait "$installer" || { cat "$log" >&2; exit 1; }
rm -f "$half_done"
VIRTUAL_ENV=$venv "$venv/bin/uv" pip install --quiet --no-deps --no-build-isolation -e .

rm -f "$venv"/.runtime-* "$venv"/.dev-*
: >"$venv/.$which-$(fingerprint "$which")"
say "ready after $(($(date +%s) - started)) s"
