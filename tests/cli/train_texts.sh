#!/bin/sh
# Every word of train, pretrain, search, init and summary about runs of each kind: the run that a table gets, the lines of
# epochs, notes, results, as JSON too. Held against train_texts.expected.
#
#   PLUMMET=build/release/plummet sh tests/cli/train_texts.sh --update    writes it anew: read the difference
. tests/cli/common
run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files

awk 'BEGIN {
    print "size,colour,street,kind,sold,price,extras,2019"
    split("red green blue", c, " "); split("flat house farm", k, " ")
    for (i = 0; i < 160; i++) {
        s = 20 + i * 37 % 90
        extras = (s > 90) ? "pool;roof" : (s > 60) ? "roof" : (i % 4) ? "pool" : "garden;pool"
        printf "%s,%s,street %d,%s,%s,%d,%s,%d\n", i == 9 ? "" : s, c[1 + i * 11 % 3], i * 7 % 53,
            k[1 + (s > 60) + (s > 90)], (s + i % 7 > 70) ? "yes" : "no", 1000 * s + i * 29 % 300, extras, i * 17 % 23
    } }' > homes.csv
awk 'BEGIN { print "day,shop,v"; for (i = 0; i < 120; i++)
    printf "2024-%02d-%02d,%s,%d\n", 1 + int(i / 2 / 28), 1 + int(i / 2) % 28, i % 2 ? "a" : "b", 50 + i % 14 * 10 + i }' > days.csv
small='data=digits | take(120) | batch(40)'
head='model=[rescaling(1/16), dense(12, activation=relu), dense(10, activation=softmax)]'

{
    # ---- the run that a table gets ----
    for target in price kind sold '[price, kind]'; do
        show train homes.csv target="$target" --dry-run
    done
    show train homes.csv target=extras columns='extras=labels' --dry-run
    show train homes.csv target=price effort=quick --dry-run
    show train homes.csv target=price effort=high --dry-run
    show train homes.csv target=price embed=10 --dry-run
    show train homes.csv target=kind embed=10 columns='size=drop, 2019=drop' --dry-run
    show train homes.csv target=price effort=thorough --dry-run
    show train homes.csv target=price group=street --dry-run
    show train days.csv target=v lags=3 --dry-run
    show train days.csv target=v lags=3 group=shop --dry-run
    show train days.csv target=v windows=2 group=shop --dry-run
    show train homes.csv target=cost --dry-run
    show train homes.csv --dry-run
    show init homes.csv target=kind
    # ---- trainings ----
    show train digits "$small" "$head" epochs=3 out=one threads=1
    show train digits "$small" "$head" epochs=2 out=one threads=1
    show train digits "$small" "$head" epochs=2 out=one threads=1 overwrite=true
    show train --resume one threads=1
    show train --resume one threads=1 epochs=3
    show train --resume one seed=9 epochs=5 threads=1
    show train digits "$small" "$head" epochs=2 out=json threads=1 --json
    show train digits "$small" "$head" epochs=2 out=quiet threads=1 -q
    show train digits "$small" "$head" epochs=2 out=alone threads=1 validation=none test=none
    show train digits "$small" "$head" epochs=4 out=early threads=1 observers='[early_stopping(monitor=loss, min_delta=9)]'
    show train digits "$small" "$head" epochs=3 out=mean threads=1 optimizer='adam(1e-2, use_ema=true, ema_momentum=0.9)'
    show train digits "$small" "$head" epochs=2 out=nets threads=1 nets=2 calibrate=true
    show train digits "$small" "$head" epochs=3 out=nan threads=1 optimizer='sgd(1e30)'
    show train digits "$small" "$head" epochs=2 out=doctor threads=1 doctor=true optimizer='sgd(3, momentum=0.9)'
    show train homes.csv target=kind out=kind nets=1 epochs=2 threads=1
    show train homes.csv target=extras columns='extras=labels' out=extras nets=1 epochs=2 threads=1
    show train digits "$small" model='[dense(10)]' --dry-run
    show train digits "$small" model='[dense(9), dense(10, softmax)]' --dry-run threads=1
    show train digits modle='[dense(10)]'
    show train nowhere.yaml
    show train digits "$small" "$head" epochs=2 out=one optimizer='adm(1)' overwrite=true
    show pretrain digits "$small" "$head" pretraining='autoencoder(2)' epochs=2 out=pre threads=1
    show pretrain digits "$small" "$head" pretraining='autoencoder(1)' unlabelled='digits | skip(1500)' pseudo_labels=0.2 \
        pseudo_epochs=1 epochs=2 out=pseudo threads=1
    show search digits "$small" define='[units = 8]' search='[units = whole(4, 20)]' validation='digits | skip(1700)' \
        model='[rescaling(1/16), dense(units, activation=relu), dense(10, activation=softmax)]' epochs=3 out=found threads=1 --trials 3
    show train digits "$small" "$head" epochs=1 out=balanced threads=1 class_weight=balanced -q
    show train digits data='digits | take(120) | one_hot(10)' "$head" loss=categorical_crossentropy epochs=1 out=hot threads=1 \
        class_weight=balanced -q
    show train days.csv target=v lags=2 group=shop class_weight=balanced out=hot -q
    # ---- models ----
    show evaluate extras
    show predict extras homes.csv
    show summary one
    show summary homes.csv
    show summary kind
    show summary nets
    show join one early -o joined.safetensors
    show describe one
    show evaluate mean
} > all
steady < all > train_texts
matches "${1-}" train_texts
finish
