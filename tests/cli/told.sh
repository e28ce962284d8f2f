#!/bin/sh
# What would pass in silence is told: more rows asked for than there are, a metric that counts every row as wrong.
# True values are shown as the file has them.
. tests/cli/common

awk 'BEGIN { print "a,b,c,y"
    for (i = 0; i < 60; i++) printf "%d,%.2f,%d,%.2f\n", i * 7 % 30, i * 0.87, i % 3 == 0, (i * 13 % 60) / 100 + 0.3 }' > n.csv
cat > n.yaml << 'END'
data: csv('n.csv', target=c) | batch(16)
model: dense(4, activation=relu), dense(1, activation=sigmoid)
epochs: 2
END

# ---- take ----
run train n.yaml "data=csv('n.csv', target=c) | take(500) | batch(16)" -q out=t
has 'take of too many' "$err" 'take(500) keeps all 60 rows: there are no more'
run train n.yaml "data=csv('n.csv', target=c) | shuffle | skip(50) | take(20) | batch(16)" -q out=t2
has 'take after skip and shuffle' "$err" 'take(20) keeps all 10 rows: there are no more'
run train n.yaml "data=csv('n.csv', target=c) | take(60) | batch(16)" -q out=t3
is 'take of all' "$code $(cat "$err")" '0 '

# ---- explain ----
run explain t3 n.csv rows=1000
has 'explain rows' "$err" 'rows=1000: there are only 60 rows, all used'
run explain t3 n.csv rows=60
lacks 'explain rows' "$err" 'rows=60'
run explain t3 n.csv
lacks 'explain: the default' "$err" 'there are only'
run train n.csv target=c effort=quick epochs=2 -q out=r
lacks 'the report' "$err" 'all used'

# ---- soft labels ----
run train n.yaml "data=csv('n.csv', target=y) | batch(16)" loss=binary_crossentropy metrics=accuracy -q out=soft
has 'soft labels' "$err" 'the target has values between 0 and 1, such as 0.3; accuracy counts them all as wrong'
run train n.yaml "data=csv('n.csv', target=y) | batch(16)" loss=binary_crossentropy metrics=mean_absolute_error -q out=soft2
lacks 'soft labels, another metric' "$err" 'counts them all'
run train n.yaml metrics=accuracy -q out=hard
lacks 'hard labels' "$err" 'counts them all'

# ---- true values as in the file, not 0.8700001 ----
run train n.csv target=y columns='c=drop' effort=quick epochs=3 -q out=w
for data in w 'w n.csv'; do
    # shellcheck disable=SC2086 # two arguments
    run evaluate $data worst=20
    is "true values, $data" "$(awk '/^line +true/ { on = 1; next } on && $2 !~ /^0\.[0-9][0-9]?$/' "$out")" ''
done
run evaluate w --json worst=20
is 'true values, JSON' "$(tr '{' '\n' < "$out" | sed -n 's/.*"true":\([^,]*\),.*/\1/p' | grep -v '^0\.[0-9][0-9]*$' | awk 'length > 4')" ''
run report w
is 'true values, the page' "$code $(grep -o '<td>0\.[0-9]*</td><td>' w/report.html | awk 'length > 17' | grep -c '^<td>0\.[0-9]\{5\}')" '0 0'

# ---- the example of dates that are not clear is such a date ----
awk 'BEGIN { print "d,a,y"; for (i = 0; i < 60; i++) {
    if (i % 2) printf "%02d/%02d/2024", 2 + i % 9, 1 + i % 7; else printf "2024-%02d-%02d", 1 + i % 12, 1 + i % 28
    printf ",%d,%d\n", i * 7 % 30, i * 13 % 50 } }' > dates.csv
run train dates.csv target=y --dry-run
has 'unclear dates' "$err" "the dates of column 'd', such as '03/02/2024', may be day/month or month/day"
sed '3s#^../..#13/05#' dates.csv > clear.csv
run train clear.csv target=y --dry-run
is 'one date says which' "$code" 0
sed '3s#^../..#03/03#' dates.csv | awk -F, 'NR == 1 || NR == 3 || $1 ~ /-/' > same.csv
run train same.csv target=y --dry-run
is '03/03 is clear' "$code" 0

# ---- what the values of an epoch are ----
run train n.csv target=c epochs=1 report=false out=three
cat "$out" "$err" > all
has 'several nets' all '3 nets: the values of an epoch are means over the nets, each with its own validation rows'
run train n.csv target=c epochs=1 report=false out=single nets=1
cat "$out" "$err" > all
lacks 'one net' all 'nets: the values'
finish
