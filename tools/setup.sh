#!/bin/sh
# Finds a Python 3.11 or newer and hands over to tools/setup. Usage: tools/setup.sh run|test|national|lock
set -eu
cd "$(dirname "$0")/.."

find_python() {
    for name in .venv/bin/python python3.11 python3.12 python3.13 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

if ! python=$(find_python); then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "setup: Python 3.11 or newer is missing: installing the Debian packages python3 and python3-venv"
        apt-get update -qq && apt-get install -y -qq --no-install-recommends python3 python3-venv
    fi
    if ! python=$(find_python); then
        echo "setup: Python 3.11 or newer is needed and was not found." >&2
        echo "       Install it, for example: sudo apt-get install python3 python3-venv" >&2
        exit 1
    fi
fi
exec "$python" -m tools.setup "$@"
