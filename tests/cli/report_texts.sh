#!/bin/sh
# Every word, number and picture of the pages about two runs: classes with what the doctor found, and numbers. The style is
# left out. Held against report_texts.expected.
#
#   PLUMMET=build/release/plummet sh tests/cli/report_texts.sh --update    writes it anew: read the difference
. tests/cli/common
run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files

awk 'BEGIN {
    print "size,colour,kind,price"
    split("red green blue", c, " "); split("flat house farm", k, " ")
    for (i = 0; i < 90; i++) {
        s = 20 + i * 37 % 90
        printf "%s,%s,%s,%d\n", i == 9 ? "" : s, c[1 + i * 11 % 3], k[1 + (s > 60) + (s > 90)], 1000 * s + i * 29 % 300
    } }' > homes.csv
"$plummet" train homes.csv target=kind columns='price=drop' model='[dense(8, activation=relu), dense(3, activation=softmax)]' \
    optimizer='sgd(2)' doctor=true nets=1 epochs=6 threads=1 out=kind -q > "$out" 2> "$err"
"$plummet" train homes.csv target=price columns='kind=drop' model='[dense(8, activation=relu), dense(1)]' \
    nets=1 epochs=5 threads=1 out=price -q > "$out" 2> "$err"

for name in kind price; do
    show report $name
    # a tag a line; what is saved as CSV is in its link, as text
    sed '/<style>/,/<\/style>/d' $name/report.html | sed 's/></>\n</g'
done | steady | sed '/download="history.csv"/s/,[0-9.]*\(%0A\|"\)/,SECONDS\1/g' > report_texts
matches "${1-}" report_texts
finish
