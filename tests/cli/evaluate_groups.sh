#!/bin/sh
# evaluate by=COLUMN: metrics for each value of a column, checked against the predictions; what is said of columns that have no
# few values.
. tests/cli/common
# in Kiel the label is the opposite; the model does not see the city
awk 'BEGIN { print "id,city,age,x,kind"; split("Bonn Kiel Ulm", c, " ")
    for (i = 0; i < 240; i++) { k = 1 + i % 3; up = i * 37 % 100 > 50; if (k == 2) up = !up
        printf "p%d,%s,%d,%d,%s\n", i, i % 24 == 5 ? "" : c[k], 20 + i * 11 % 60, i * 37 % 100, up ? "up" : "down" } }' > rows.csv
run train rows.csv target=kind columns='city=drop, id=id' effort=quick epochs=20 out=net -q
is 'train' "$code" 0
run predict net rows.csv
cut -d, -f2 "$out" | sed 1d > said
sed 1d rows.csv | paste -d, - said | awk -F, '{ c = $2 == "" ? "(missing)" : $2; n[c]++; right[c] += $5 == $6 }
    END { for (c in n) printf "%s %d %.4f\n", c, n[c], right[c] / n[c] }' | sort > wanted
run evaluate net rows.csv by=city
is 'groups' "$code" 0
awk '/^city  *rows/ { on = 1; next } /^all rows/ { on = 0 } on { print $1, $2, $3 }' "$out" | sort > got
cmp -s wanted got || fail "groups: $(cat got), not $(cat wanted)"
has 'the head' "$out" '^city  *rows  accuracy   *95 % interval  *f1  log_loss$'
has 'all rows' "$out" '^all rows  *240  '
is 'words by their rows, missing cells last' "$(awk '/^city  *rows/ { on = 1; next } /^all rows/ { on = 0 } on { print $1 }' "$out" | tail -n 1)" '(missing)'
awk '/^Kiel/ { exit !($3 < 0.3) }' "$out" || fail 'the weak group does not show'
run evaluate net by=city
is 'the test of the run' "$code" 0
is 'rows of the groups' "$(awk '/^city  *rows/ { on = 1; next } /^all rows/ { on = 0; all = $3 } on { sum += $2 } END { print sum - all }' "$out")" 0
if python3 -c 'import pty; pty.openpty()' 2> /dev/null; then
    for width in 40 80; do
        python3 "$root/tests/cli/narrow.py" $width "$plummet" evaluate net rows.csv by=city > narrow < /dev/null
        is "$width columns" "$(grep '^WIDE: ' narrow)" ''
        has "$width columns" narrow '^Kiel  *[0-9]'
    done
    has 'what 80 columns have' narrow '^city  *rows  accuracy   *95 % interval  *f1  log_loss'
fi
run evaluate net rows.csv by=city --json
has 'JSON' "$out" '"by":{"column":"city","groups":\[{"value":"[A-Z][a-z]*","rows":[0-9]*,"targets":\[{"target":"kind","figures":{"accuracy":\[[0-9.]*,'
has 'missing cells in JSON' "$out" '{"value":null,"rows":10,'
if command -v python3 > /dev/null; then
    python3 -c 'import json, sys
by = json.load(open(sys.argv[1]))["by"]
print(sum(g["rows"] for g in by["groups"]), len(by["groups"]))' "$out" > sums
    is 'JSON is sound' "$(cat sums)" '240 4'
fi

# numbers with many values: four ranges, by size
run evaluate net rows.csv by=age
is 'ranges' "$(awk '/^age  *rows/ { on = 1; next } /^all rows/ { on = 0 } on { print $1, $2, $3, $4 }' "$out" | tr '\n' ';')" \
    '20 to 34 60;35 to 49 60;50 to 64 60;65 to 79 60;'
awk -F, -v OFS=, 'NR == 1 { print $0, "day" } NR > 1 { printf "%s,2024-%02d-%02d\n", $0, 1 + int(NR / 28), 1 + NR % 28 }' rows.csv > days.csv
run evaluate net days.csv by=day
has 'ranges of dates are whole' "$out" '^2024-01-03 to 2024-0[0-9]-[0-9][0-9]  *60  '
run evaluate net rows.csv by=2
has 'a column by its number' "$out" '^age  *rows '

# what cannot be divided
run evaluate net rows.csv by=town
is 'no such column' "$code" 2
has 'no such column' "$err" 'by=town: the table has no such column'
run evaluate net rows.csv by=ctiy
has 'a similar name' "$err" "did you mean 'city'?"
run evaluate net rows.csv by=id
is 'an id' "$code" 2
has 'an id' "$err" 'by=id: each row has its own value'
awk -F, -v OFS=, 'NR == 1 { print $0, "street" } NR > 1 { print $0, "s" NR % 60 }' rows.csv > streets.csv
run evaluate net streets.csv by=street
has 'many words' "$out" '^41 other values  *164  '
is 'many words' "$(awk '/^street  *rows/ { on = 1; next } /^all rows/ { on = 0 } on' "$out" | wc -l | tr -d ' ')" 20
printf 'x,y\n' > plain.csv
awk 'BEGIN { for (i = 0; i < 60; i++) printf "%d,%d\n", i, i * 2 }' >> plain.csv
printf "data: csv('plain.csv', target=y) | batch(20)\nmodel: dense(1)\nloss: mse\nepochs: 1\n" > plain.yaml
run train plain.yaml out=plain -q
run evaluate plain plain.csv by=y
is 'csv: the target, too' "$code" 0

# ---- csv(...): its file is read as a table, so that rows can be compared by any of its columns ----
awk -F, -v OFS=, 'NR == 1 { print "age,x,half,kind" } NR > 1 { print $3, $4, NR % 2, $5 == "up" ? 1 : 0 }' rows.csv > numbers.csv
run train digits "data=csv('numbers.csv', target=kind, inputs=[age, x]) | shuffle | batch(32)" test='split(0.25, shuffle=true)' \
    'model=[dense(8, activation=relu), dense(2, activation=softmax)]' epochs=2 validation=none out=counted -q
run predict counted numbers.csv
cut -d, -f1 "$out" | sed 1d > said
sed 1d numbers.csv | paste -d, - said | awk -F, '{ n[$3]++; right[$3] += $4 == $5 }
    END { for (c in n) printf "%s %d %.4f\n", c, n[c], right[c] / n[c] }' | sort > wanted
run evaluate counted numbers.csv by=half
is 'csv' "$code" 0
awk '/^half  *rows/ { on = 1; next } /^all rows/ { on = 0 } on { print $1, $2, $3 }' "$out" | sort > got
is 'csv: a column that is no input' "$(cat got)" "$(cat wanted)"
run evaluate counted by=age
is 'csv: the test of the run' "$code $(awk '/^age  *rows/ { on = 1; next } /^all rows/ { on = 0 } on { sum += $4 } END { print sum }' "$out")" '0 60'
run evaluate counted numbers.csv by=town
has 'csv: no such column' "$err" 'by=town: the table has no such column'
run evaluate counted "csv('numbers.csv', target=kind, inputs=[age, x], stream=true)" by=half
is 'csv: a stream' "$code" 2
has 'csv: a stream' "$err" 'by=half: the rows of this data are streamed'

# numbers as a target, two targets
awk -F, -v OFS=, 'NR == 1 { print "city,x,price,kind" } NR > 1 { print $2 == "" ? "Bonn" : $2, $4, $4 * 3 + ($2 == "Kiel" ? 400 : 0), $5 }' rows.csv > price.csv
run train price.csv target=price,kind columns='city=drop' effort=quick epochs=10 out=price -q
run evaluate price price.csv by=city
is 'two targets' "$(grep -c '^city  *rows' "$out")" 2
has 'a number' "$out" '^city  *rows  *rmse  *95 % interval  *mae  *r2$'
run train price.csv target=price columns='city=drop, kind=drop' effort=quick epochs=10 out=one -q
run predict one price.csv
sed 1d "$out" > said
sed 1d price.csv | paste -d, - said | awk -F, '{ n[$1]++; e[$1] += ($3 - $5) ^ 2 } END { printf "%.2f\n", sqrt(e["Kiel"] / n["Kiel"]) }' > wanted
run evaluate one price.csv by=city
is 'the error of a group' "$(awk '/^Kiel/ { printf "%.2f\n", $3 }' "$out")" "$(cat wanted)"
finish
