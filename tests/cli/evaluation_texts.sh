#!/bin/sh
# Every word of evaluate, explain, predict, report and runs about nets of each kind: classes, yes or no, logits, numbers,
# labels, several outputs, a series; on wide and narrow screens, as JSON, in each format. Held against
# evaluation_texts.expected.
#
#   PLUMMET=build/release/plummet sh tests/cli/evaluation_texts.sh --update    writes it anew: read the difference
. tests/cli/common
run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files

awk 'BEGIN {
    print "size,colour,rooms,kind,sold,price,extras"
    split("red green blue", c, " "); split("flat house farm", k, " ")
    for (i = 0; i < 120; i++) {
        s = 20 + i * 37 % 90
        sold = (s + i % 7 > 70) ? "yes" : "no"
        extras = (s > 90) ? "\"pool,roof\"" : (s > 60) ? "roof" : "pool"
        printf "%s,%s,%d,%s,%s,%d,%s\n", i == 9 ? "" : s, c[1 + i * 11 % 3], 1 + i * 7 % 5, k[1 + (s > 60) + (s > 90)], sold,
            1000 * s + 500 * (1 + i * 7 % 5) + i * 29 % 300, extras
    } }' > homes.csv
head -n 6 homes.csv > few.csv
awk 'BEGIN { print "day,v"; for (i = 0; i < 60; i++) printf "2024-%02d-%02d,%d\n", 1 + i / 28, 1 + i % 28, 50 + i % 7 * 10 + i }' > days.csv

# small NAME KEYS: a net of one run
small()
{
    name=$1
    shift
    "$plummet" train "$@" out="$name" threads=1 nets=1 -q > "$out" 2> "$err" || fail "train $name: $(cat "$err")"
}
small price homes.csv target=price epochs=3 columns='kind=drop, sold=drop, extras=drop'
small kind homes.csv target=kind epochs=6 columns='price=drop, extras=drop'
small sold homes.csv target=sold epochs=6 columns='price=drop, extras=drop'
small extras homes.csv target=extras epochs=4 columns='price=drop, kind=drop'
small two homes.csv target='[price, sold]' epochs=4 columns='kind=drop, extras=drop'
printf '2019,2020,y\n1,2,3\n2,5,7\n4,4,8\n6,1,7\n2,2,4\n3,9,12\n5,5,10\n1,1,2\n7,2,9\n8,1,9\n' > years.csv
printf '7,2020\n3,4\n' > numbers.csv
small years years.csv target=y epochs=3 validation=none test=none
"$plummet" train digits data="csv('years.csv', target=y) | batch(4)" model='[dense(1)]' loss=mse metrics='[mae]' validation=none \
    test=none epochs=2 out=plain threads=1 -q > "$out" 2> "$err"
small days days.csv target=v lags=7 epochs=3
"$plummet" train digits data='digits | take(300) | batch(50)' epochs=4 out=tens threads=1 -q > "$out" 2> "$err"
"$plummet" train digits data='digits | take(300) | batch(50)' epochs=2 out=logits threads=1 -q \
    model='[rescaling(1/16), dense(10)]' loss='sparse_categorical_crossentropy(from_logits=true)' > "$out" 2> "$err"
"$plummet" train digits data='digits | keep_classes(0, 1) | take(60)' test=none epochs=4 out=logit threads=1 -q \
    model='[rescaling(1/16), dense(1)]' loss='binary_crossentropy(from_logits=true)' > "$out" 2> "$err"

{
    for name in price kind sold extras two days tens logits; do
        show evaluate $name
    done
    show evaluate logit 'digits | keep_classes(0, 1) | skip(60)'
    for name in price kind two extras; do
        show evaluate $name --json
    done
    show evaluate kind few.csv
    show evaluate kind few.csv -a 'accuracy>=2, loss<0'
    show evaluate kind -a 'accuracy>=0, acuracy<1'
    show evaluate kind nowhere.csv
    show evaluate nowhere
    for name in price kind sold two days; do
        show explain $name repeats=3
    done
    show explain kind --row 3
    show explain price --row 3
    show explain kind --json repeats=2
    show explain kind --row 3 --json
    show explain kind --row 9999
    show explain tens repeats=2
    for name in price kind sold extras two; do
        show predict $name few.csv
        show predict $name few.csv --format jsonl
    done
    show predict days days.csv horizon=3
    show predict logit 'digits | keep_classes(0, 1) | skip(60) | take(3)'
    show predict logits 'digits | take(2)'
    show predict years numbers.csv
    # an array whose number of rows is known at its end only
    "$plummet" predict plain "csv('years.csv', target=y, stream=true)" -o rows.npy > "$out" 2>&1 || cat "$out"
    head -c 120 rows.npy | tr -d '\0' | sed 's/.*{/{/'
    show predict kind few.csv id=size
    show predict kind few.csv id=nowhere
    show predict kind few.csv --format xml
    show predict kind few.csv --monte-carlo 3
    show predict price few.csv --monte-carlo 3
    show runs ls .
    show runs diff kind sold
    show runs diff kind kind
    show runs diff kind nowhere
    show runs ls nowhere
    show runs rm nowhere
    show summary kind
    COLUMNS=40 show summary tens
} > all
steady < all > evaluation_texts
matches "${1-}" evaluation_texts
finish
