#!/bin/sh
# New rows that differ from the file of the training: without its title, from standard input.
. tests/cli/common

awk 'BEGIN { print "a title, or so"; for (i = 0; i < 60; i++) printf "%d,%d,%d\n", i * 37 % 60, i * 7 % 30, i * 11 % 50 }' > titled.csv
tail -n +2 titled.csv > plain.csv
run train titled.csv target=-1 skip=1 header=false effort=quick epochs=2 -q out=m
is 'train' "$code" 0
run predict m titled.csv
cp "$out" wanted
is 'with the title' "$code $(wc -l < wanted)" '0 61'
run predict m plain.csv
is 'without it' "$code $(cmp "$out" wanted && echo same)" '0 same'
has 'a row is kept' "$err" 'plain.csv: line 1 is a row as in the training, so it is not left out, although the model was trained with skip=1'
cut -d, -f1,2 plain.csv > inputs.csv
run predict m inputs.csv
is 'without the target' "$code $(cmp "$out" wanted && echo same)" '0 same'
run predict m plain.csv skip=1
is 'a line that is said' "$code $(wc -l < "$out")" '0 60'
{ echo '"an open quote'; cat plain.csv; } > quote.csv
run predict m quote.csv
is 'another title' "$code $(cmp "$out" wanted && echo same)" '0 same'

# with names
{ echo 'a title'; echo 'x,z,y'; cat plain.csv; } > named.csv
{ echo 'y,x,z'; awk -F, '{ print $3 "," $1 "," $2 }' plain.csv; } > other.csv
run train named.csv target=y skip=1 effort=quick epochs=2 -q out=n
run predict n named.csv
cp "$out" wanted
run predict n other.csv
is 'names, in another order' "$code $(cmp "$out" wanted && echo same)$(cat "$err")" '0 same'

# ---- standard input, memory ----
printf "a\nq,r,s,t\n1,2,3,4\n" | "$plummet" predict n - > "$out" 2> "$err"
has 'standard input' "$err" '^  where: standard input$'
run train named.csv target=y skip=1 memory=1000000 max_memory=100000000 spill=. --dry-run
is 'memory' "$code" 0
has 'memory' "$out" "memory=1000000, max_memory=100000000, spill='.'"
finish
