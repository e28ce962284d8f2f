#!/bin/sh
# The waves of a table's net are fast if the nearest training rows predict the target better than a straight line does.
. tests/cli/common

# rows TARGET FILE: 400 rows of a, b and a target by awk; s is noise
rows()
{
    awk "BEGIN { srand(7); pi = atan2(0, -1); print \"a,b,y\"; for (i = 0; i < 400; i++) {
        a = rand(); b = rand(); s = rand() - 0.5; printf \"%.4f,%.4f,%.4f\n\", a, b, $1 } }" > "$2"
}
rows 'sin(4 * pi * a) + b' places.csv
rows '3 * a - 2 * b + 2 * s' line.csv
rows 's' noise.csv
fast='frequency_initializer=random_normal(stddev=4)'

run init places.csv target=y
has 'a target that changes from place to place' "$out" "periodic_embedding($fast, learning_rate_factor=0.1)"
has 'why' "$out" 'the nearest training rows predict the target better than a straight line does (R2 0\.[89][0-9]*, 0\.[0-9]*)'
run init line.csv target=y
is 'a line' "$code" 0
lacks 'a line' "$out" "$fast"
run init noise.csv target=y
lacks 'noise' "$out" "$fast"
awk -F, -v OFS=, 'NR > 1 { $3 = $3 > 0.5 ? "up" : "down" } { print }' places.csv > classes.csv
run init classes.csv target=y
lacks 'classes' "$out" "$fast"
awk -F, -v OFS=, 'NR > 1 { $1 = $1 "," (NR % 2 ? "red" : "blue") } NR == 1 { $1 = "a,colour" } { print }' places.csv > words.csv
run init words.csv target=y
has 'beside words' "$out" "periodic_embedding(columns=\[0, 2\], $fast, learning_rate_factor=0.1)"

# ---- a column whose quartiles are equal: its common numbers are told apart by faster waves ----
awk -F, -v OFS=, 'NR == 1 { print "rare", $0 } NR > 1 { print NR % 5 ? 0 : NR % 3 ? NR : 90000 + NR, $1, $2, ($3 > 0.5 ? "up" : "down") }' places.csv > spiked.csv
run init spiked.csv target=y
has 'equal quartiles' "$out" 'periodic_embedding(columns=\[0\], frequency_initializer=random_normal(stddev=8), learning_rate_factor=0.1)'
has 'the other columns follow' "$out" 'periodic_embedding(columns=\[4, 5\], learning_rate_factor=0.1)'
has 'why' "$out" 'numbers that are equal in most rows have faster waves'
awk -F, -v OFS=, '{ print $1, $4 }' spiked.csv > alone.csv
run init alone.csv target=y
has 'no other columns' "$out" ' periodic_embedding(frequency_initializer=random_normal(stddev=8), learning_rate_factor=0.1)'
run train spiked.csv target=y effort=quick epochs=1 -q out=spiked
is 'it trains' "$code" 0

# ---- two columns that say nearly the same: a ridge of 0.1 % of the rows decides what the line makes of their difference ----
# Another program (equations with pivots, in plain Python) has R2 of 0.7693 and 0.2487; 0.4381 without a ridge.
awk 'BEGIN { print "a,b,y"; for (i = 0; i < 400; i++) { a = i * 37 % 401 / 401; d = i * 71 % 397 / 397 - 0.5
    printf "%.4f,%.4f,%.4f\n", a, a + 0.04 * d, sin(12 * a) + 2 * d } }' > alike.csv
run init alike.csv target=y test=none validation=none
has 'columns that say nearly the same' "$out" '(R2 0\.769, 0\.249)'

# ---- a table of very many columns: no row is near another, and the numbers are still looked at ----
awk 'BEGIN { for (j = 0; j < 15000; j++) printf "c%d,", j; print "y"
    for (i = 0; i < 200; i++) { for (j = 0; j < 15000; j++) printf "%d,", i * (j + 1) % 97; print i * 7 % 13 / 2 } }' > wide.csv
run init wide.csv target=y
is 'many columns' "$code" 0
lacks 'many columns' "$out" "$fast"

# ---- rows of the test have no part in it ----
awk -F, -v OFS=, 'NR > 321 { $3 = NR % 17 } { print }' places.csv > planted.csv
run init places.csv target=y test='split(0.2)' validation='split(0.2)'
sed 's/places/X/' "$out" > plain
run init planted.csv target=y test='split(0.2)' validation='split(0.2)'
sed 's/planted/X/' "$out" > other
is 'other test rows' "$(cmp plain other && echo same)" same
awk -F, -v OFS=, 'NR > 1 && NR < 100 { $3 = NR % 17 } { print }' places.csv > trained.csv
run init trained.csv target=y test='split(0.2)' validation='split(0.2)'
sed 's/trained/X/' "$out" > third
is 'other training rows' "$(cmp -s plain third || echo another)" another

# ---- the run file repeats the run ----
run train places.csv target=y effort=quick epochs=2 -q out=first
run train first/run.yaml -q out=second
is 'the same bits' "$(cksum < second/model.safetensors)" "$(cksum < first/model.safetensors)"
finish
