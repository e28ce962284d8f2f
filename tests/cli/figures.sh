#!/bin/sh
# The figures on pages of the guide come from runs: figures.py has which. held.sh tests that no figure is left out.
. tests/cli/common

command -v python3 > /dev/null || { echo 'no python3: skipped'; exit 77; }
[ -z "${SANITIZED:-}" ] || { echo 'slow with sanitizers, and much the same code: skipped'; exit 77; }
data=${PLUMMET_SHARED:-$root/../shared/data}
[ ! -d "$data/fashion-mnist" ] || export PLUMMET_DATA="$data"
python3 -B "$root/tests/cli/figures.py" "$root" "$plummet" > "$out" 2>&1
is 'figures of pages' "$?" 0
sed 's/^/    /' "$out"

# The picture of README shows what evaluate prints of the penguins: where a terminal can be made, since tools/picture needs one.
if [ "${FIGURES-}" = all ] && [ -f "$data/tabular/penguins.csv" ] && script -qec true typescript < /dev/null > made 2>&1; then
    cp "$data/tabular/penguins.csv" .
    run train penguins.csv target=species -q
    mkdir bin && ln -s "$plummet" bin/plummet
    HEAD=20 TAIL=12 FILES='penguins.csv runs' BUILD=$work/bin "$root/tools/picture" table.svg plummet evaluate runs/penguins-0001
    is 'the picture of README' "$(cmp table.svg "$root/docs/images/table.svg" 2>&1)" ''
fi
finish
