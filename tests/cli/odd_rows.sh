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

# ---- units below the names ----
{ echo 'len,kind,y'; echo '[m],,[kg]'; rows 60 'i * 37 % 50 / 4 "," (i % 2 ? "r" : "g") "," i * 7 % 30 / 4'; } > units.csv
for columns in len=drop y=drop; do
    target=y
    [ "$columns" = y=drop ] && target=kind
    run train units.csv target=$target columns=$columns
    is "units: $target" "$code" 3
    has "units: $target" "$err" "line 2, column '[leny]*': '\[[kgm]*\]' is not a number, but all other cells are"
    has "units: $target" "$err" 'hint: if this line has the units of the columns, remove it'
done

# ---- totals between the rows ----
{ echo 'name,z,y'; rows 60 '(i % 20 == 19 ? "Subtotal" : i % 2 ? "r" : "g") "," i * 37 % 50 "," i * 7 % 30 / 4'; } > totals.csv
run train totals.csv target=y effort=quick epochs=1 -q out=t
has 'totals between rows' "$err" 'totals.csv: 3 lines between the rows seem to be totals, the first is line 21; they are kept as rows'
sed '22,$d' totals.csv > total.csv
run predict t total.csv
has 'a total at the end' "$err" "line 21 is skipped, since it has the totals of the table"
lacks 'a total at the end' "$err" 'between the rows'

# ---- no names, for a model of names ----
{ echo 'id,x,g,y'; rows 60 '"p" i "," i * 37 % 50 "," (i % 2 ? "r" : "g") "," i * 7 % 30 / 4'; } > named.csv
run train named.csv target=y effort=quick epochs=1 -q out=n
run predict n named.csv
sed 's/.*,//' "$out" > wanted
for columns in 1-4 1-3 2-3; do
    sed 1d named.csv | cut -d, -f$columns > bare.csv
    run predict n bare.csv header=false
    is "columns $columns" "$code $(sed 's/.*,//' "$out" | cmp - wanted && echo same)" '0 same'
    has "columns $columns" "$err" 'bare.csv: the table has no names of columns, so they are taken by their position, as in the training'
done
sed 1d named.csv | cut -d, -f2 > bare.csv
run predict n bare.csv header=false
has 'too few columns' "$err" 'the table has no names of columns, and its 1 columns are not those of the training'

# ---- blanks that nobody sees ----
{ echo 'x,y'; rows 60 'i * 37 % 50 "," (i % 2 ? "cat" : "dog") (i % 5 ? "" : i % 3 ? "\302\240" : " \342\200\257\343\200\200")'; printf '5,\302\240\n'; } > blanks.csv
run train blanks.csv target=y --dry-run
has 'no-break spaces' "$out" '^y .* learned: 2 classes$'
has 'a cell of them' "$err" '1 of 61 rows lack the target'
# ---- JSON that is none ----
# refused_json WHAT TEXT LINE PATTERN: an array whose second line is the text
refused()
{
    printf '[{"a": 1, "y": 2},\n%s' "$2" > no.json
    run train no.json target=y --dry-run
    is "$1" "$code" 3
    has "$1: the line" "$err" "no\.json, line $3\$"
    has "$1: what it is" "$err" "$4"
}
refused 'a comma at the end' '{"a": 3, "y": 4},
]' 3 'line 3 ends the array after a comma'
refused 'no comma' '{"a": 3, "y": 4}
{"a": 5, "y": 6}]' 3 'line 3 has no comma before the next element'
refused 'text after the array' '{"a": 3, "y": 4}]


more' 5 'line 5 has text after the end of the array'
refused 'a large number' '{"a": 9223372036854775813, "y": 4}]' 2 'hint: a whole number must be below 2^63'
refused 'NaN' '{"a": NaN, "y": 4}]' 2 'JSON has no NaN'
refused 'Infinity' '{"a": -Infinity, "y": 4}]' 2 'JSON has no NaN'

finish
