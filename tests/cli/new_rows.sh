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
has 'a row is kept' "$err" 'plain.csv: line 1 is a row as in the training, so it is not skipped, although the model was trained with skip=1'
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

# ---- the target has another name ----
run evaluate n other.csv --json
cp "$out" wanted
awk -F, 'NR == 1 { print "label,x,z,extra" } NR > 1 { print $1 "," $2 "," $3 "," NR }' other.csv > label.csv
run evaluate n label.csv target=label --json
is 'target=label' "$code $(grep -o '"loss":[0-9.e-]*' "$out" | head -1)" "0 $(grep -o '"loss":[0-9.e-]*' wanted | head -1)"
run evaluate n label.csv
has 'the name of the training' "$err" "the table has no column 'y'"
for verb in evaluate predict; do
    run $verb n other.csv target=nonsense
    is "$verb: no such column" "$code" 2
    has "$verb: no such column" "$err" "the table has no column 'nonsense'"
    run $verb n other.csv target=x
    is "$verb: an input" "$code" 2
    has "$verb: an input" "$err" "column 'x' is an input of the model and cannot be its target"
    run $verb m plain.csv target=0
    has "$verb: an input without a name" "$err" "column '0' is an input of the model"
    run $verb m plain.csv target=-1
    is "$verb: the last column" "$code" 0
    run $verb m inputs.csv target=0
    is "$verb: no target" "$((code > 0))" 1
    run $verb n other.csv target=y
    is "$verb: as in the training" "$code" 0
done
run predict n label.csv target=label
is 'a column that is not read' "$code" 0
cut -d, -f2,3 other.csv > unaimed.csv
run predict n unaimed.csv target=none
is 'target=none' "$code $(wc -l < "$out")" '0 61'
run evaluate n other.csv target=none
has 'no target to compare with' "$err" "the table has no column 'none'"

# ---- two columns of one name ----
awk -F, 'NR == 1 { print "y,x,z,x" } NR > 1 { print $0 "," NR }' other.csv > more.csv
for verb in evaluate predict; do
    run $verb n more.csv
    is "$verb: twice" "$code" 3
    has "$verb: twice" "$err" "columns 1 and 3 (counted from 0) are both called 'x', which the model needs"
done
sed '1s/.*/y,x,z,y/' more.csv > two.csv
run predict n two.csv
is 'a column that is not needed' "$code" 0
run evaluate n two.csv
has 'two targets' "$err" "columns 0 and 3 (counted from 0) are both called 'y'"

# ---- standard input, memory ----
printf "a\nq,r,s,t\n1,2,3,4\n" | "$plummet" predict n - > "$out" 2> "$err"
has 'standard input' "$err" '^  where: standard input$'
run train named.csv target=y skip=1 memory=1000000 max_memory=100000000 spill=. --dry-run
is 'memory' "$code" 0
has 'memory' "$out" "memory=1000000, max_memory=100000000, spill='.'"
finish
