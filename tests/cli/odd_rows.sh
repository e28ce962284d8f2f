#!/bin/sh
# Rows of tables that are no rows, or whose cells cannot be right: each is an error with its line, or told.
. tests/cli/common

# rows N PROGRAM: N rows of x, w, y by awk
rows() { awk "BEGIN { for (i = 0; i < $1; i++) print $2 }"; }

# ---- weights ----
{ echo 'x,w,y'; rows 60 'i * 37 % 50 "," (i == 7 ? -1 : i % 3) "," i * 7 % 30 / 4'; } > negative.csv
run train negative.csv target=y weight=w
is 'a negative weight' "$code" 3
has 'a negative weight' "$err" "line 9, column 'w': the weight -1 is negative"
run doctor negative.csv target=y weight=w
has 'doctor: a negative weight' "$out" "^error\[D200\]: line 9, column 'w': the weight -1 is negative"
sed 's/,-1,/,0,/' negative.csv > weighted.csv
run train weighted.csv target=y weight=w effort=quick epochs=1 -q out=w
is 'a weight of 0' "$code" 0
run evaluate w negative.csv
has 'evaluate: a negative weight' "$err" "line 9, column 'w': the weight -1 is negative"
sed 's/,-1,/,,/' negative.csv > empty.csv
run train empty.csv target=y weight=w
is 'an empty weight' "$code" 3
has 'an empty weight' "$err" "not all cells of the weight column 'w' are numbers: the first that is not is in line 9"
has 'the column of the weight' "$err" '^  w .* nothing: the column cannot be used$'
has 'the target behind it' "$err" '^  y .* learned: a number$'
finish
