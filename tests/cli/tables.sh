#!/bin/sh
# Tables as people have them: headers that are numbers, words that are no numbers, names of files,
# lines without end; and columns that do not vary.
. tests/cli/common
cat > net.yaml <<'END'
data: csv('a.csv', target=y) | batch(16)
model: [normalization, dense(1)]
optimizer: sgd(0.01)
loss: mse
epochs: 2
END
awk 'BEGIN { print "a,b,y"; for (i = 0; i < 40; i++) printf "%d,%d,%d\n", i % 7, i % 5, i % 7 - i % 5 }' > a.csv
run train net.yaml -q out=net
is 'plain' "$code$(cat "$err")" 0

# ---- headers ----
run train net.yaml -q out=h "data=csv('counted.csv', target=-1)" checkpoint=false
{ echo ,0,1,2; awk 'BEGIN { for (i = 0; i < 9; i++) printf "%d,%d,%d,%d\n", i, i * 2 % 7, i * 3 % 5, i }'; } > counted.csv
run train net.yaml -q out=h1 "data=csv('counted.csv', target=-1)"
is 'header ,0,1,2' "$code" 0
has 'header ,0,1,2' "$err" "counted.csv: the first line is read as the names of the columns: '', '0', '1', '2' (the first column looks like row numbers)"
{ echo 150,4,setosa,versicolor; awk 'BEGIN { for (i = 0; i < 9; i++) printf "%d,%d,%d,%d\n", i, i * 2 % 7, i * 3 % 5, i }'; } > iris.csv
run train net.yaml -q out=h2 "data=csv('iris.csv', target=-1)"
has 'a header with numbers' "$err" 'is read as the names of the columns'
run train net.yaml -q out=h3 "data=csv('iris.csv', target=-1, header=true)"
is 'a header that is said' "$(cat "$err")" ''
tail -n +2 counted.csv > rows.csv
run train net.yaml -q out=h4 "data=csv('rows.csv', target=-1)"
is 'no header' "$code$(cat "$err")" 0
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "x"; print ",y"; for (i = 0; i < 9; i++) print i "," i }' > long.csv
run train net.yaml -q out=h5 "data=csv('long.csv', target=y)"
is 'a first cell of 100,000 letters' "$code$(cat "$err")" 0

# ---- cells ----
# word CELL HINT
word()
{
    printf 'a;y\n1;2\n%s;3\n' "$1" > cell.csv
    run train net.yaml -q out=w "data=csv('cell.csv', target=y)"
    is "cell $1" "$code" 3
    has "cell $1" "$err" "$2"
}
word 1,234 'write 1234 if it separates thousands, 1.234 if it is a decimal comma'
word 12,345,678 'separates thousands'
word 0,5 'write decimals with a point: 0.5'
word 0x1A "'0x1A' is not a number"
word 0x1.8p3 'is not a number'
word 1_000 'is not a number'
for mark in NA N/A nan NaN null '?' - '#N/A' None; do
    word "$mark" 'the cell marks a missing value'
done
word '' 'the cell is empty'
word '' 'fill the cell, remove the row'
word inf 'infinite'
word red 'exclude a column of words'

# ---- names of files ----
run predict net a.csv
cp "$out" plain
for name in 'data (1).csv' A.CSV a.tsv a.txt a.Csv a.dat; do
    if [ "$name" = a.tsv ]; then tr , '\t' < a.csv > "$name"; else cp a.csv "$name"; fi
    run predict net "$name"
    is "the file $name" "$code$(cmp plain "$out" && cat "$err")" 0
done
mkfifo pipe.csv
cat a.csv > pipe.csv &
run predict net ./pipe.csv
wait
is 'a pipe by name' "$code$(cmp plain "$out" && cat "$err")" 0
run predict net missing.csv
is 'no such file' "$code" 5

# ---- limits ----
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "1,"; print 1; for (i = 0; i < 200000; i++) printf "1,"; print 1 }' > wide.csv
run train net.yaml -q out=l "data=csv('wide.csv')"
is 'too many columns' "$code" 3
has 'too many columns' "$err" 'line 1: the row has too many columns, the limit is 100000'
has 'too many columns' "$err" 'max_columns=N'
has 'too many columns' "$err" 'csv(..., max_columns=N) allows more'
run train wide.csv target=0 out=l
has 'too many columns of a table' "$err" 'table(..., max_columns=N) allows more'
run train net.yaml -q out=l "data=csv('a.csv', target=y, max_columns=2)"
is 'a limit that is said' "$code" 3
run train net.yaml -q out=l1 "data=csv('a.csv', target=y, max_columns=3)"
is 'columns within the limit' "$code" 0
awk 'BEGIN { printf "\"a"; for (i = 0; i < 3000; i++) printf "xxxxxxxxxx" ; print "\",y"; print "1,2" }' > quoted.csv
run train net.yaml -q out=l "data=csv('quoted.csv', target=y, max_line=20000)"
is 'a line too long' "$code" 3
has 'a line too long' "$err" 'too many bytes, the limit is 20000'
run train net.yaml -q out=l2 "data=csv('quoted.csv', target=y, max_line=40000)"
is 'a line within the limit' "$code" 0

# ---- columns that do not vary ----
awk 'BEGIN { print "a,b,c,y"; for (i = 0; i < 40; i++) printf "%d,%d,20,%d\n", i % 7, i % 5, i % 7 - i % 5 }' > still.csv
run train net.yaml -q out=still "data=csv('still.csv', target=y) | batch(16)" 'model=[normalization, dense(8, activation=relu), dense(1)]'
has 'a constant column' "$err" "column 'c' has the same value in every row"
printf 'a,b,c\n3,2,20\n3,2,20.1\n' > moved.csv
run predict still moved.csv
is 'a constant column that moves' "$(awk 'NR == 2 { a = $1 } NR == 3 { d = $1 - a; print (d < 0.2 && d > -0.2) }' "$out")" 1
awk 'BEGIN { print "a,c,d,y"; for (i = 0; i < 40; i++) printf "%d,%.6f,%s,%d\n", i % 7, 20 + i % 2 * 2e-6, i % 2 ? "1e38" : "-1e38", i % 7 }' > odd.csv
run train net.yaml -q out=odd "data=csv('odd.csv', target=y) | batch(16)"
is 'a column that varies too much: code' "$code" 0
has 'a column that hardly varies' "$err" "column 'c' hardly varies"
has 'a column that varies too much' "$err" "column 'd' varies too much for float32"
lacks 'a column that varies' "$err" "'a'"
printf 'a,c,d\n3,20,1e38\n3,20,-1e38\n3,20,0\n' > wide.csv
run predict odd wide.csv
is 'a column that varies too much counts as 0' "$(sed 1d "$out" | sort -u | wc -l)" 1
finish
