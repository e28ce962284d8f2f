#!/bin/sh
# The pages "a first run", "data" and "exercises" of the guide: their commands, run in their order, print the lines that stand there.
# With FIGURES=all and Fashion-MNIST at hand also "transfer" and "pretraining", with their comparisons over seeds.
. tests/cli/common

# Times and memory depend on the machine; so does how far the figures below one another stand from their labels.
# A terminal of 80 columns, as on the pages, shows less of a line of progress than a pipe.
same()
{
    sed -E 's/ +[0-9.]+ s, / T s, /; s/  [0-9.]+ m?s( [0-9.]+[kM]?\/s)?$//; s/\.([1-9])00e-0/.\1e-/g; s/ {2,}/  /g; s/ +$//; /^Memory to train/d' "$1"
}

# Commands of a page into N.run and what they print into N.want; its blocks of sh are commands that print nothing.
take()
{
    awk '
        /^```/ { block = block == "" ? substr($0, 4) : ""; if (block == "sh") new(); next }
        block == "sh" { print > (n ".run") }
        block == "console" && /^\$ / { new(); print substr($0, 3) > (n ".run"); next }
        block == "console" && !/^\.\.\.$/ && !/^$/ { print > (n ".want") }
        function new() { n++; printf "" > (n ".run"); printf "" > (n ".want") }
        END { print n }' "$root/docs/guide/$1"
}

# page NAME RUNFILE: the run file is the first block of yaml that names data
page()
{
    mkdir "$work/$1" && cd "$work/$1" || exit 1
    ln -s "$root/examples" examples
    awk '/^```/ { inside = $0 == "```yaml" && !done; done = done || inside; next } inside' "$root/docs/guide/$1.md" > "$2"
    steps=$(take "$1.md")
    step=0
    while [ "$step" -lt "$steps" ]; do
        step=$((step + 1))
        # Compilers and instruction sets are for other tests.
        grep -qE '^(cc |\./|cmp )|isa=' $step.run && continue
        COLUMNS=80 sh $step.run > $step.got 2>&1 < /dev/null
        same $step.got > got
        same $step.want > want
        grep -Fvx -f got want > missing
        is "$1: $(head -n 1 $step.run)" "$(cat missing)" ''
    done
    cd "$work" || exit 1
}

unset PLUMMET # examples/pretraining/compare takes plummet of the PATH
mkdir bin && ln -s "$plummet" bin/plummet
PATH=$work/bin:$PATH
page first-run boxes.yaml
page data houses.yaml
page exercises none.yaml
data=${PLUMMET_SHARED:-$root/../shared/data}
if [ "${FIGURES-}" = all ] && [ -d "$data/fashion-mnist" ]; then
    export PLUMMET_DATA="$data"
    page transfer none.yaml
    page pretraining none.yaml
fi
finish
