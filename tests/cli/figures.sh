#!/bin/sh
# The figures on pages of the guide come from runs: papers.md, activations.md, begin.md and the tables of page_figures.py.
. tests/cli/common

command -v python3 > /dev/null || { echo 'no python3: skipped'; exit 77; }
[ -z "${SANITIZED:-}" ] || { echo 'slow with sanitizers, and much the same code: skipped'; exit 77; }
data=${PLUMMET_SHARED:-$root/../shared/data}
[ ! -d "$data/fashion-mnist" ] || export PLUMMET_DATA="$data"
python3 -B "$root/tests/cli/figures.py" "$root" "$plummet" > "$out" 2>&1
is 'figures of pages' "$?" 0
sed 's/^/    /' "$out"
finish
