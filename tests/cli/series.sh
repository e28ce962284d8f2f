#!/bin/sh
# Series: one line trains on the rows before, the last rows are the test, the model file alone goes
# on with a series. Groups: no group is in two parts.
. tests/cli/common

# Sales of 96 months: they rise, and repeat every 12 months.
awk 'BEGIN { print "month,sales"
    for (i = 0; i < 96; i++) printf "%d-%02d,%.1f\n", 2010 + int(i / 12), 1 + i % 12,
        100 + 2 * i + 20 * sin(i * 0.5235988) }' > sales.csv

# ---- one line, and its run file ----
run train sales.csv target=sales lags=12 -q out=a effort=quick
is 'one line' "$code" 0
has 'by time' a/run.yaml '^test: split(0.2) '
has 'by time' a/run.yaml '^validation: split(0.2) '
has 'in a run file' a/run.yaml "table('sales.csv', target='sales', lags=12)"
run train a/run.yaml -q out=b
is 'its run file' "$code" 0
cmp a/model.safetensors b/model.safetensors || fail 'the run file gives other bits'
run train sales.csv target=sales lags=12 --dry-run nets=3 epochs=2
has 'the report' "$out" '^sales (12 before) .*12 rows before .*standardized$'
run train sales.csv target=sales lags=12 -q out=c nets=3 epochs=2
is 'several nets hold out the same rows' "$code" 0
run train sales.csv target=sales lags=12 -q out=d 'validation=split(0.2, shuffle=true)'
is 'shuffled rows' "$code" 2
has 'shuffled rows' "$err" 'the rows of a series are split by time'
run evaluate a --assert 'r2_score>=0.8'
is 'better than guessing' "$code" 0
run evaluate a
# rows 1 to 12 have too few rows before them; the last fifth of the others is the test
wanted=$(awk -F, 'NR > 1 { y[++n] = $2 } END { first = 13 + int((n - 12) * 0.8 + 0.5)
    for (i = first; i <= n; i++) { d = y[i] - y[i - 1]; s += d * d; c++ } printf "%.4f", sqrt(s / c) }' sales.csv)
has 'the row before' "$out" "^baseline (predicts the value of the row before): rmse $wanted\$"
run evaluate a --json
has 'the row before, JSON' "$out" '"rmse_of_the_mean":[0-9.]*,"rmse_of_the_row_before":[0-9.]*,'
# a row before which no value is known has no forecast; after a gap, it is the last value that is known
awk -F, 'NR > 1 && NR < 8 || NR == 60 { print $1 ","; next } 1' sales.csv > late.csv
run train sales.csv target=sales lags=2 -q out=late effort=quick epochs=1
run evaluate late late.csv
wanted=$(awk -F, 'NR > 1 { if (known && $2 != "") { d = $2 - last; s += d * d; c++ } if ($2 != "") { last = $2; known = 1 } }
    END { printf "%.4f", sqrt(s / c) }' late.csv)
has 'no value before the first' "$out" "^baseline (predicts the value of the row before): rmse $wanted\$"
run train sales.csv target=sales -q out=rows effort=quick epochs=1
run evaluate rows
lacks 'no series' "$out" 'row before'

# ---- the model file alone ----
mkdir away
cp a/model.safetensors away
run predict away/model.safetensors sales.csv
is 'rows' "$code $(wc -l < "$out")" '0 85'
is 'titles' "$(head -n 1 "$out")" 'month,sales'
has 'the first row with 12 rows before' "$out" '^2011-01,'
has 'the rows without' "$err" 'the first 12 rows get no prediction'
run predict away/model.safetensors sales.csv horizon=14
cp "$out" next
is 'rows to come' "$code $(wc -l < next) $(tail -n 1 next | cut -d, -f1)" '0 99 2019-02'
awk -F, 'NR > 86 { d = $2 - (100 + 2 * (NR + 10) + 20 * sin((NR + 10) * 0.5235988)); if (d < -25 || d > 25) exit 1 }' next ||
    { fail 'the forecast is far off'; cat next; }
# rows without a target at the end of the file are the same forecast
{ cat sales.csv; printf '2018-01,\n2018-02,\n2018-03,\n'; } > longer.csv
run predict a longer.csv
is 'empty targets' "$(tail -n 3 "$out" | cut -d, -f2)" "$(sed -n '86,88p' next | cut -d, -f2)"
# the newest first, as many files have it
{ head -n 1 sales.csv; tail -n +2 sales.csv | sort -r; } > newest.csv
run predict a newest.csv horizon=14
is 'sorted' "$(cat "$out")" "$(cat next)"
has 'sorted' "$err" "newest.csv: the rows are sorted by 'month'"
lacks 'no gap' "$err" 'times are missing'
lacks 'a forecast fills the empty targets' "$err" 'are empty'
# an empty cell before others, of which the training had none
sed '50s/,.*/,/' sales.csv > hole.csv
run predict a hole.csv horizon=14
is 'a hole' "$code $(grep -c 'are empty' "$err")" '0 1'
has 'a hole' "$err" "hole.csv: 1 of 98 cells of column 'sales (1 before)' are empty, although no cell was empty in training: they are read as the last known number before"
# a month that is missing, and a word as the value of a month
sed 40d sales.csv > gap.csv
run predict a gap.csv horizon=3
is 'a gap' "$code $(grep -c 'times are missing' "$err")" '0 1'
has 'a gap' "$err" "gap.csv: line 40: times are missing in 'month' between 2013-02-01 and 2013-04-01"
run train gap.csv target=sales lags=12 --dry-run
has 'a gap in training' "$err" "line 40: times are missing in 'month'"
awk 'BEGIN { print "day,v"
    for (i = 1; i < 27; i++) if (i % 7 % 6 > 0) printf "2024-01-%02d,%.1f\n", i, i * i / 3 }' > work.csv
run train work.csv target=v lags=2 --dry-run
is 'working days' "$code" 0
lacks 'a weekend is no gap' "$err" 'times are missing'
sed '40s/,.*/,abc/' sales.csv > word.csv
run predict a word.csv horizon=3
is 'a word' "$code" 3
has 'a word' "$err" "line 40, column 'sales': 'abc' is not a number"
run predict a sales.csv horizon=3 -o next.npy
is 'as npy' "$code" 0
run explain a sales.csv
has 'which rows before matter' "$out" 'sales (12 before)'

# ---- mistakes ----
head -n 8 sales.csv > few.csv
run predict a few.csv
is 'too few rows' "$code" 3
has 'too few rows' "$err" '7 rows are too few'
for horizon in 3 6 20; do
    run predict a few.csv horizon=$horizon
    is "too few rows before horizon=$horizon" "$code" 3
    has "too few rows before horizon=$horizon" "$err" '7 rows are too few: the model needs the 12 rows before each row'
done
head -n 13 sales.csv > enough.csv
run predict a enough.csv horizon=2
is 'as many rows as the lags' "$code $(wc -l < "$out" | tr -d ' ')" '0 3'
cut -d, -f1 sales.csv > times.csv
run predict a times.csv
has 'no history' "$err" "the table has no column 'sales'"
awk 'BEGIN { print "size,price"; for (i = 0; i < 60; i++) printf "%d,%.1f\n", i * 37 % 60, i * 3.5 }' > plain.csv
run train plain.csv target=price -q out=plain effort=quick epochs=1
run predict plain plain.csv horizon=2
is 'no series' "$code" 2
run train plain.csv target=price lags=2 -q out=order effort=quick epochs=1
is 'rows in their order, with another input' "$code" 0
is 'no time' "$(grep -c 'no column of dates: the rows are taken in the order of the file' "$err")" 1
has 'which column may be the time' "$err" "if 'size' is the time"
cut -d, -f2 sales.csv > bare.csv
run train bare.csv target=sales lags=2 --dry-run
lacks 'no other column' "$err" 'no column of dates'
run train plain.csv target=price lags=2 order=size --dry-run
has 'the order that is named' "$err" "the rows are sorted by 'size'"
has 'in the report' "$out" '^size .*standardized, sorts the rows$'
has 'in the run file' "$out" "lags=2, order='size')"
run train sales.csv target=sales lags=2 windows=3 --dry-run
has 'both' "$err" 'lags=2 has no effect: windows=3 already makes inputs of the numbers in all columns'
run train sales.csv target=sales lags=4 windows=3 --dry-run
has 'both' "$err" "lags=4 and windows=3: the inputs are the values of the target in the 4 rows before, the numbers of the other columns in the 3 rows before"
run predict order plain.csv horizon=1
has 'what is not known' "$err" "the model needs 'size' of the future rows"
run train plain.csv target=price windows=2 -q out=windows effort=quick epochs=1
run predict windows plain.csv horizon=1
is 'windows' "$code $(wc -l < "$out")" '0 60'

# ---- times that go on ----
awk 'BEGIN { print "day,v"; split("31 28 31 30 31 30 31 31 30 31 30 31", n, " ")
    for (y = 2015; y < 2018; y++) for (m = 1; m <= 12; m++) printf "%d-%02d-%02d,%.2f\n", y, m, n[m] + (y == 2016 && m == 2), m + y % 7 / 3 }' > ends.csv
run train ends.csv target=v lags=3 effort=quick epochs=2 out=ends -q
run predict ends ends.csv horizon=2
is 'month ends' "$(tail -n 2 "$out" | cut -d, -f1 | tr '\n' ' ')" '2018-01-31 2018-02-28 '
lacks 'month ends' "$err" 'last step'
sed '$d' ends.csv > november.csv
run predict ends november.csv horizon=1
is 'a month of 30 days' "$(tail -n 1 "$out" | cut -d, -f1)" 2017-12-31
lacks 'a month of 30 days' "$err" 'last step'
sed '$d' ends.csv | sed '$d' > cut.csv
echo '2017-12-31,4' >> cut.csv
run predict ends cut.csv horizon=1
has 'an unusual last step' "$err" 'the last step between two rows is 61 days, but the usual step is 31'

awk 'BEGIN { print "quarter,v"; for (i = 0; i < 48; i++) printf "%dQ%d,%.1f\n", 2010 + int(i / 4), 1 + i % 4, i * 7 % 10 }' > quarters.csv
run train quarters.csv target=v lags=4 effort=quick epochs=2 out=quarters -q columns='v=number'
run predict quarters quarters.csv horizon=3
is 'quarters' "$code $(tail -n 3 "$out" | cut -d, -f1 | tr '\n' ' ')" '0 2022Q1 2022Q2 2022Q3 '
awk 'BEGIN { print "year,v"; for (i = 47; i >= 0; i--) printf "%d,%.1f\n", 1950 + i, i * 7 % 10 }' > years.csv
run train years.csv target=v lags=4 effort=quick epochs=2 out=years -q columns='v=number'
has 'years' "$err" "the rows are sorted by 'year'"
run predict years years.csv horizon=3
is 'years' "$code $(tail -n 3 "$out" | cut -d, -f1 | tr '\n' ' ')" '0 1998 1999 2000 '

# ---- several series in one table ----
awk 'BEGIN { print "shop,month,sales"; for (i = 0; i < 60; i++) for (k = 1; k <= 3; k++)
    printf "%s,%d-%02d,%.1f\n", k == 1 ? "Ulm" : k == 2 ? "Kiel" : "Bonn", 2015 + int(i / 12), 1 + i % 12,
        40 * k + i + 10 * sin(i * 0.5235988) }' > shops.csv
run train shops.csv target=sales lags=12 group=shop -q out=shops effort=quick
is 'several series' "$code$(cat "$err")" 0
run evaluate shops --assert 'r2_score>=0.9'
is 'several series: evaluate' "$code" 0
run predict shops shops.csv horizon=12
is 'several series go on' "$code" 0
is 'their rows' "$(sed -n 1p "$out") $(grep -c '^Kiel,2020-' "$out") $(grep -c '^Bonn,2020-12,' "$out")" 'shop,month,sales 12 1'
is 'each goes on at its level' "$(awk -F, '$1 == "Ulm" && $2 > "2020-" { u += $3 } $1 == "Bonn" && $2 > "2020-" { b += $3 }
    END { d = (b - u) / 12; print (d > 60 && d < 100) }' "$out")" 1
run predict shops shops.csv horizon=1 --format jsonl
has 'in JSON' "$out" '^{"shop":"Ulm","month":"2020-01","sales":'
# one group of all rows is one series: the same predictions
sed 's/$/,all/; 1s/all/which/' sales.csv > one.csv
run train sales.csv target=sales lags=12 -q out=single effort=quick epochs=5
run train one.csv target=sales lags=12 group=which -q out=one effort=quick epochs=5
"$plummet" predict single sales.csv horizon=5 2> /dev/null > single.out
"$plummet" predict one one.csv horizon=5 2> /dev/null | sed 's/^all,//; s/^which,//' > one.out
cmp single.out one.out || fail 'one group predicts otherwise than a series'

# ---- groups ----
awk 'BEGIN { print "patient,dose,pulse"; for (i = 0; i < 240; i++) printf "p%d,%d,%.1f\n", i * i % 41, i * 37 % 60, 60 + i * 37 % 60 / 3 }' > visits.csv
run train visits.csv target=pulse group=patient -q out=g effort=quick epochs=2
is 'groups' "$code" 0
has 'groups' g/run.yaml "group='patient'"
run evaluate g
is 'the same rows again' "$code" 0
cut -d, -f2 visits.csv > doses.csv
run predict g doses.csv
is 'new rows need no group' "$code" 0
run train visits.csv target=pulse group=patient --dry-run
has 'the report' "$out" '^patient .*keeps the rows of a group together$'

# each group of the training rows is a fold of its own, and no net lacks one
for sizes in '160 80 40 20' '75 75 75 75' '100 100 100'; do
    echo "$sizes" | awk '{ print "who,dose,pulse"; for (g = 1; g <= NF; g++) for (i = 0; i < $g; i++) printf "g%d,%d,%.1f\n", g, i * 37 % 60, 60 + i * 37 % 60 / 3 }' > few.csv
    run train few.csv target=pulse group=who -q out=few epochs=1 overwrite=true
    is "groups of $sizes" "$code" 0
done
awk 'BEGIN { print "who,dose,pulse"; for (i = 0; i < 200; i++) printf "g%d,%d,%.1f\n", i % 2, i * 37 % 60, 60 + i * 37 % 60 / 3 }' > few.csv
run train few.csv target=pulse group=who -q out=few epochs=1 overwrite=true
is 'one group is left for training and validation' "$code" 3
has 'the remedy' "$err" 'belong to only 1 group'
has 'the remedy' "$err" 'validation=none'

# ---- months as numbers, and with slashes: a series that goes on by the calendar ----
awk 'BEGIN { for (i = 0; i < 60; i++) printf "%d,%02d,%.1f\n", 2015 + int(i / 12), 1 + i % 12, 50 + i + i % 12 }' > parts.csv
for form in '%d%02d 2020-01-01' '%d%02d01 2020-01-01' '%d/%02d 2020/01'; do
    awk -F, -v form="${form% *}" 'BEGIN { print "month,sales" } { printf form ",%s\n", $1, $2, $3 }' parts.csv > months.csv
    run train months.csv target=sales lags=3 effort=quick epochs=1 -q out=months overwrite=true
    lacks "$form: no time is missing" "$err" 'times are missing'
    run predict months months.csv horizon=1
    is "$form: the next month" "$code $(tail -n 1 "$out" | cut -d, -f1)" "0 ${form#* }"
done
awk -F, 'BEGIN { print "month,sales" } { printf "%02d/%d,%s\n", $2, $1, $3 }' parts.csv > months.csv
run predict months months.csv horizon=1
is 'month/year' "$code $(tail -n 1 "$out" | cut -d, -f1)" '0 01/2020'
awk -F, 'BEGIN { print "month,sales" } { printf "%d%02d,%s\n", $1, $2 == 12 ? 13 : $2, $3 }' parts.csv > months.csv
run predict months months.csv
is 'no month 13' "$code" 3
has 'no month 13' "$err" "line 13, column 'month': 201513 is not a date"

# ---- a line above the names in the training, and none in new rows ----
awk 'BEGIN { print "Sales of a shop"; print "year,sales"; for (i = 0; i < 40; i++) print 1960 + i "," i * 7 % 11 }' > title.csv
run train title.csv target=sales lags=1 skip=1 epochs=1 effort=quick out=title -q
is 'a title' "$code" 0
sed 1d title.csv > names.csv
run predict title title.csv
cp "$out" with.csv
run predict title names.csv
is 'no title: the names are known' "$code $(cmp "$out" with.csv && echo same)" '0 same'

# ---- values of earlier rows are known, however much they tell of the target: D210 is silent ----
awk 'BEGIN { print "quarter,sales"; for (i = 0; i < 60; i++) print 2000 + int(i / 4) "Q" i % 4 + 1 "," i % 4 * 10 + i }' > quarters.csv
run doctor quarters.csv target=sales lags=4
is 'earlier rows' "$code" 0
has 'earlier rows' "$out" '^nothing found'
lacks 'earlier rows' "$out" 'D210'
awk -F, -v OFS=, '{ print $0, NR == 1 ? "copy" : 3 * $2 }' quarters.csv > copied.csv
run doctor copied.csv target=sales lags=1
has 'a copy of the target' "$out" 'warning.D210.: copy alone gives the target'

# ---- two last rows of the same time: the next ones follow by the step before ----
run train quarters.csv target=sales lags=4 effort=quick epochs=1 out=quartersrun -q
sed '$p' quarters.csv > twice.csv
run predict quartersrun twice.csv horizon=2
has 'the usual step' "$err" 'the last step between two rows is 0 days, .* continue with the last step that is not 0'
is 'the usual step' "$(tail -n 3 "$out" | cut -d, -f1 | tr '\n' ' ')" '2014Q4 2015Q1 2015Q2 '

# ---- without its target a series cannot be predicted ----
cut -d, -f1 quarters.csv > bare.csv
run predict quartersrun bare.csv
is 'no target' "$code" 3
has 'no target' "$err" 'hint: the model of a series needs the target of the rows before; its columns: quarter$'

# ---- real series: better than the value of the row before ----
shared=$root/../shared/data/tabular
if [ -d "$shared" ]; then
    run train "$shared/airline-passengers.csv" target=Passengers lags=12 -q out=airline
    run evaluate airline --assert 'root_mean_squared_error<=40'
    is 'airline: the row before has 50.7' "$code" 0
else
    echo "no $shared: the real series is left out"
fi
finish
