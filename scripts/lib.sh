# Shared by the scripts: sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export GOTOOLCHAIN=local
cache=${DLTGEN_CACHE:-$PWD/.cache}
mkdir -p "$cache"

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# venv NAME PACKAGE... makes a Python environment once and prints its folder.
venv() {
	local dir="$cache/venv-$1"; shift
	if [ ! -e "$dir/.ready" ]; then
		python3 -m venv "$dir" >&2
		"$dir/bin/pip" install --quiet --disable-pip-version-check "$@" >&2
		touch "$dir/.ready"
	fi
	printf '%s\n' "$dir"
}
