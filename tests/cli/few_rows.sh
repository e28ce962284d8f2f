#!/bin/sh
# Tables of a handful of rows: warnings and marked metrics, never a bare accuracy of 1; a class that is
# too rare for the split is named; a temperature at its bound says so.
. tests/cli/common

# table N: N rows of two classes
table()
{
    awk -v n="$1" 'BEGIN { print "x,z,y"; for (i = 0; i < n; i++) printf "%d,%d,%s\n", i * 7 % 11, i * 3 % 5, i % 2 ? "yes" : "no" }'
}

table 2 > two.csv
run train two.csv target=y --dry-run
is 'two rows' "$code" 3
has 'two rows' "$err" '2 rows are too few to hold out rows for a test and a validation'
run train two.csv target=y test=none validation=none epochs=2 -q out=two
is 'two rows, all of them' "$code" 0
has 'two rows, all of them' "$err" 'two.csv: only 2 rows: metrics of so few rows mean little'

table 3 > three.csv
run train three.csv target=y epochs=2 -q out=three
is 'three rows' "$code" 0
has 'three rows' "$err" 'three.csv: only 3 rows: metrics of so few rows mean little'
has 'the metric is marked' "$out" '^test accuracy  *[0-9.]* of only 1 row$'
run train three.csv target=y epochs=2 --json out=json
has 'in JSON' "$out" '"test_rows":1,'
run evaluate three
has 'evaluate' "$out" '^rows  1, so few that the metrics mean little$'

table 30 > thirty.csv
run train thirty.csv target=y epochs=2 effort=quick -q out=thirty
has 'a small test' "$err" 'thirty.csv: the test has only 6 rows, so its metrics mean little; test=none'
has 'a small test' "$out" '^test accuracy  *[0-9.]* of only 6 rows$'
table 100 > hundred.csv
run train hundred.csv target=y epochs=2 effort=quick -q out=hundred
is 'enough rows' "$code$(cat "$err")" 0
lacks 'enough rows' "$out" 'of only'

table 60 | sed '9s/,[a-z]*$/,rare/' > rare.csv
run train rare.csv target=y --dry-run
has 'a rare class' "$err" "class 'rare' (1 row) of 'y' is too rare for the split: no row of it is in the test"
run train rare.csv target=y --dry-run test='split(0.9)' validation=none
has 'a class of the test' "$err" "class 'rare' (1 row) of 'y' is too rare for the split: all its rows are in the test"

# a net that knows all rows held out has no best temperature
awk 'BEGIN { print "x,y"; for (i = 0; i < 60; i++) printf "%d,%s\n", i % 2 ? 100 + i : i, i % 2 ? "yes" : "no" }' > easy.csv
run train easy.csv target=y epochs=1 nets=1 optimizer='sgd(1e-6)' -q out=easy
has 'at its bound' "$out" '^temperature  *0.08[0-9]*, at its bound: '
finish
