#!/bin/sh
# lr-find on the nets of the page about it: the same rates as there, in the good rates of as many nets. Here those on the
# built-in digits with one seed; with LR_FIND=all every net of the page with three seeds, where the tables are.
. tests/cli/common

command -v python3 > /dev/null || { echo 'no python3: skipped'; exit 77; }
[ -z "${SANITIZED:-}" ] || { echo 'slow with sanitizers, and much the same code: skipped'; exit 77; }
data=${PLUMMET_SHARED:-$root/../shared/data}
mkdir bin && ln -s "$plummet" bin/plummet
export BENCH_BUILD="$work/bin"

# score ARGUMENTS: compares rows of the page
score()
{
    python3 -B "$root/bench/lr_find/score.py" -o measured --page "$root/docs/guide/lr-find.md" "$@" > "$out" 2> "$err"
    is 'the rates of the page' "$?" 0
    sed 's/^/    /' "$out"
}

if [ "${LR_FIND-}" = all ] && [ -d "$data/tabular" ] && [ -d "$data/fashion-mnist" ]; then
    score --tables "$data/tabular" --data "$data"
    is 'nets' "$(grep -c '^| [a-z]' "$out")" 31 # with the head of the table
else
    score --seeds 1 'digits *'
    is 'nets' "$(grep -c '^| [a-z]' "$out")" 7
fi
finish
