#!/bin/sh
# Every word about commands that cannot be, and what a command prints at the ends of its options: no argument, too many, wrong
# values, files that are missing or do not fit. Held against verb_texts.expected.
#
#   PLUMMET=build/release/plummet sh tests/cli/verb_texts.sh --update    writes it anew: read the difference
. tests/cli/common
run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files

awk 'BEGIN {
    print "id,size,colour,kind,price"
    split("red green blue", c, " "); split("flat house farm", k, " ")
    for (i = 0; i < 60; i++) {
        s = 20 + i * 37 % 90
        printf "h%d,%s,%s,%s,%d\n", i, i == 9 ? "" : s, c[1 + i * 11 % 3], k[1 + (s > 60) + (s > 90)], 1000 * s + i * 29 % 300
    } }' > homes.csv
head -n 6 homes.csv > six.csv
train()
{
    "$plummet" train homes.csv "$@" columns='id=id' nets=1 threads=1 -q > "$out" 2> "$err" || cat "$err"
}
train target=kind model='[dense(6, activation=relu), dropout(0.2), dense(3, activation=softmax)]' epochs=12 out=kind
train target=price model='[dense(6, activation=relu), dropout(0.2), dense(1)]' epochs=12 out=price
train target='[price, kind]' epochs=1 model='[input(4), dense(6, relu, name=a), dense(1, name=p) <- a, dense(3, softmax, name=k) <- a]' \
    outputs='[k, p]' out=both
awk 'BEGIN { OFS = ","; print "a,b,c"; for (i = 0; i < 40; i++) print i % 7, i % 5, i % 7 + 2 * (i % 5) }' > numbers.csv
head -n 4 numbers.csv > few_numbers.csv
tail -n 3 few_numbers.csv | cut -d, -f1-2 > bare.csv
printf 'a,b,c\n1,2,3\n1,2\n' > short.csv
printf 'id,size,colour,kind,price\n"h""1",20,red,flat,20000\n"a\tb",57,blue,flat,57029\n\360\237\230\200,94,green,farm,94058\n\\,41,red,flat,1\n' \
    > signs.csv
"$plummet" train digits data='csv(numbers.csv, target=c) | batch(8)' model='[dense(1)]' loss=mse metrics=mae epochs=3 out=numbers \
    validation=none test=none threads=1 -q > "$out" 2> "$err" || cat "$err"
{
    for verb in train pretrain search lr-find doctor plot init predict evaluate explain report summary join runs describe help; do
        show $verb
        show $verb --nothing
        show $verb nowhere.yaml --nothing
        show $verb nowhere
        show $verb kind nowhere.csv and more and more
    done
    show
    show nothing
    show --version extra | sed 's/instruction set .*/instruction set ISA/; s/threads  *[0-9]*$/threads N/'
    show trian digits
    show --nothing
    show predict -
    show predict kind homes.csv --format
    # ---- predict ----
    for model in kind price; do
        show predict $model six.csv
        show predict $model six.csv --format jsonl
        show predict $model six.csv -m 3 seed=1 threads=1
        show predict $model six.csv id=size
        show predict $model six.csv id=none
        show predict $model six.csv target=none
    done
    show predict both six.csv
    show predict kind six.csv --format xml
    show predict kind six.csv --format npy
    show predict kind six.csv -o p.xml
    show predict kind six.csv -o folder/p.csv
    show predict kind six.csv -o six.csv
    show predict kind six.csv -m 0
    show predict kind six.csv -m -1
    show predict kind six.csv -m many
    show predict kind six.csv -m 1000000000
    show predict kind six.csv id=nothing
    show predict kind six.csv threads=many
    show predict kind six.csv epochs=3
    show predict kind six.csv batch=3
    show predict kind
    show predict kind digits
    show predict kind 'digits | take(3)'
    cut -d, -f1-2 six.csv > few.csv
    show predict kind few.csv
    cut -d, -f1-3 six.csv > enough.csv
    show predict kind enough.csv
    sed 's/red/pink/; s/^h3,[0-9]*/h3,big/' six.csv > odd.csv
    show predict kind odd.csv
    sed 's/red/pink/; s/^h3,[0-9]*/h3,/' six.csv > odd.csv
    show predict kind odd.csv
    head -n 1 six.csv > none.csv
    show predict kind none.csv
    show predict six.csv kind
    show predict kind/model.safetensors six.csv
    show predict kind/history.csv six.csv
    for id in a c 0 1 -1 -3 2 -4 d none ''; do show predict numbers few_numbers.csv id="$id"; done
    show predict numbers few_numbers.csv target=c
    show predict numbers bare.csv header=false id=0 target=none
    show predict numbers bare.csv header=false id=a target=none
    show predict numbers few_numbers.csv --format jsonl
    show predict numbers short.csv id=c
    show predict kind signs.csv --format jsonl
    show predict kind signs.csv
    show predict kind six.csv --format csv -o p.txt
    show predict kind six.csv -o p.jsonl
    show predict kind six.csv -o p.npy
    od -A n -t x1 p.npy | tail -n 6
    # ---- evaluate, explain ----
    show evaluate kind
    show evaluate kind six.csv
    show evaluate price six.csv
    show evaluate both six.csv
    show evaluate kind enough.csv
    show evaluate kind none.csv
    show evaluate price six.csv --json
    show evaluate kind six.csv --assert 'accuracy>=0'
    show evaluate kind six.csv --assert 'accuracy>1, loss<100'
    show evaluate kind six.csv --assert 'accuracy<=1, accuracy>=1, accuracy==2, loss!=3'
    show evaluate kind six.csv --assert 'accuracy'
    show evaluate kind six.csv --assert 'accuracy>=x'
    show evaluate kind six.csv --assert 'acuracy>=0'
    show evaluate kind six.csv --assert 'loss=>0'
    show evaluate kind six.csv --assert ''
    show evaluate kind six.csv worst=2
    show evaluate kind six.csv worst=-2
    show evaluate kind six.csv metrics=f1_score
    show evaluate kind six.csv loss=mse
    show evaluate kind six.csv loss=nothing
    show explain kind threads=1
    show explain price threads=1 --all
    show explain price threads=1 --json
    for row in 0 -1 1 6 7 many; do
        show explain price six.csv --row $row threads=1
        show explain kind six.csv --row $row threads=1
    done
    show explain kind six.csv --row 2 --json threads=1
    show explain kind six.csv repeats=0
    show explain kind six.csv rows=2 threads=1
    show explain both six.csv --row 1 threads=1
    show explain both six.csv output=1 threads=1
    show explain both six.csv output=5
    show explain kind none.csv
    # ---- report, runs, join, summary ----
    show report kind
    show report nowhere
    show report six.csv
    show report kind -o folder/r.html
    show runs ls .
    show runs ls nowhere
    show runs ls six.csv
    show runs ls . .
    show runs diff kind
    show runs diff kind price
    show runs diff kind kind
    show runs diff kind nowhere
    show runs rm nowhere
    show runs rm six.csv
    show runs mv kind price
    show join kind price -o j.safetensors
    show join kind kind -o j.safetensors
    cp kind/model.safetensors copy.safetensors
    show join kind copy.safetensors -o j.safetensors
    show join kind copy.safetensors -o folder/j.safetensors
    show join kind copy.safetensors
    show join kind -o j.safetensors
    show summary j.safetensors
    show summary six.csv
    show summary kind price
    # ---- search, lr-find, pretrain, plot ----
    show search digits
    show search digits search='[rate = uniform(0, 1)]' validation=none
    show search digits search='[rate = uniform(0, 1)]' epochs=0
    show search digits search='[rate = uniform(1, 0)]'
    show search digits search='[rate = uniform(0, 1)]' --trials 0
    show search digits search='[rate = uniform(0, 1)]' --trials many
    for option in --steps --from --to --try-steps; do
        show lr-find digits $option 0
        show lr-find digits $option -1
        show lr-find digits $option many
    done
    show lr-find digits --from 1 --to 0.1
    show lr-find digits --steps 2
    show lr-find digits -o curve.gif
    show lr-find kind
    show pretrain digits pretraining=none
    show pretrain digits pretraining='autoencoder(0)' unlabelled=digits
    show pretrain digits pretraining='autoencodr(1)' unlabelled=digits
    show pretrain digits data='digits | take(60) | batch(20)' unlabelled=nowhere pretraining='autoencoder(1)'
    show train --resume kind
    show train --resume kind epochs=12
    show train --resume kind out=other
    show train --resume kind model='[dense(3, softmax)]'
    show train --resume kind optimizer='sgd(1)' epochs=13
    show train --resume nowhere
    show train --resume six.csv
    show train --resume
    show train --resume kind price
    show train kind
    show train homes.csv target=kind out=kind
    show train homes.csv target=kind out=six.csv epochs=1 nets=1
    show train homes.csv target=kind overwrite=maybe out=kind epochs=1 nets=1
    for what in activation init initializer schedule history samples doctor nothing; do
        show plot $what nowhere
        show plot $what nowhere -o x.gif
    done
    show plot activation relu --from 1 --to 1
    show plot activation relu --from a
    show plot activation relu --measure | sed 's| *[0-9.]*$||' # without the nanoseconds
    show plot schedule 'cosine_decay(0.1, 10)' --epochs 0
    show plot schedule 'cosine_decay(0.1, 10)' --steps many
    show plot initializer he_normal --fan 3
    show plot initializer he_normal --fan 0,3
    show plot samples digits --count 0
    show plot init --depth 0
    show plot init --depth 1,2,3,4,5 --table
    show plot init --width 0
    show plot init --nets 0
    show plot init --activation nothing
    show plot history kind nowhere
    # ---- doctor, describe, help ----
    show doctor digits --data --init
    show doctor digits --repair --data
    show doctor digits -o x.yaml
    show doctor digits --rules ''
    show doctor digits --rules 'dead_units(warning=a)'
    show doctor digits --rules 'dead_units, dead_units' --static
    show doctor kind --static
    show doctor kind --repair
    show doctor homes.csv --repair
    show doctor homes.csv target=nothing
    show describe nothing
    show describe layer nothing
    show describe layer dense more
    show describe nothing --json
    show describe finding S399
    show describe S305
    show describe epochs
    show describe epoch
    show help nothing
    show help train more
} > all
steady < all > verb_texts
matches "${1-}" verb_texts
finish
