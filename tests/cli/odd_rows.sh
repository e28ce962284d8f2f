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

# ---- the first line: a row, or the number of rows and columns ----
{ echo '12,3,r,b'; rows 60 'i * 37 % 50 "," i * 7 % 30 "," (i % 2 ? "r" : "g") "," (i % 3 ? "a" : "b")'; } > first.csv
run train first.csv target=0 header=false effort=quick epochs=1 -q out=f
lacks 'a row that looks like counts' "$err" 'only gives the number of rows and columns'
run predict f first.csv header=false
is 'a row that looks like counts' "$code $(wc -l < "$out")" '0 62'
sed '1s/12/60/' first.csv > counts.csv
run predict f counts.csv
has 'a line of counts' "$err" "line 1 is skipped, since it only gives the number of rows and columns: '60,...'"
is 'a line of counts' "$code $(wc -l < "$out")" '0 61'
sed '1s/60/61/' counts.csv > wrong.csv
run predict f wrong.csv
is 'a number that is wrong' "$code $(wc -l < "$out")" '0 62'
{ echo '12,3,r,b'; rows 30000 'i * 37 % 50 "," i * 7 % 30 "," (i % 2 ? "r" : "g") "," (i % 3 ? "a" : "b")'; } > long.csv
run predict f long.csv
is 'a long file' "$code $(wc -l < "$out")" '0 30002'
sed '1s/12/30000/' long.csv > counted.csv
run predict f counted.csv
is 'a long file with counts' "$code $(wc -l < "$out")" '0 30001'

# ---- a single row without names, as the table of the training had none ----
sed -n 2p first.csv > one.csv
run predict f one.csv
is 'a single row' "$code $(wc -l < "$out") $(cat "$err")" '0 2 '
cut -d, -f2- one.csv > less.csv
run predict f less.csv
is 'without the target' "$code $(wc -l < "$out")" '0 2'
finish
