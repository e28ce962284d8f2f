#!/bin/sh
# Every run file that help, README and guide print trains as it stands there, and what a run file
# does not say is chosen and shown.
. tests/cli/common

# ---- tables ----
awk 'BEGIN {
    print "a,b,c,d,species"
    for (i = 0; i < 150; i++) {
        k = i % 3
        printf "%.2f,%.2f,%.2f,%.2f,%d\n", 5 + k + i % 7 / 10, 3 - k / 3 + i % 5 / 10, 1.4 + 2 * k + i % 11 / 10, \
            0.2 + k + i % 4 / 10, k
    }
}' > iris.csv
awk 'BEGIN {
    print "a,b,fits"
    for (i = 0; i < 100; i++)
        printf "%.2f,%.2f,%d\n", i % 10, i % 7, (i % 10 + i % 7 > 7)
}' > yes.csv
awk 'BEGIN {
    for (j = 0; j < 784; j++) printf "p%d,", j
    print "label"
    for (i = 0; i < 200; i++) {
        for (j = 0; j < 784; j++) printf "%d,", (i * 7 + j * j) % 256
        print i % 10
    }
}' > pixels.csv
awk 'BEGIN { print "width,height,depth,fits"
    for (i = 0; i < 200; i++) print i % 90 + 5, i * 7 % 90 + 5, i * 13 % 90 + 5, (i % 90 < 50) }' > boxes.csv
awk 'BEGIN { print "size,rooms,age,price,old,count"
    for (i = 0; i < 100; i++) print 40 + i, i % 5 + 1, i % 60, 100 + 2 * i, (i % 60 > 30), 1 + i % 3 }' \
    | tr ' ' ',' > houses.csv
tr ' ' ',' < boxes.csv > b && mv b boxes.csv

# ---- the help ----
for verb in train pretrain; do
    "$plummet" help $verb | awk '/^A RUN FILE/ { inside = 1; next } /^[A-Z]/ { inside = 0 } inside' \
        | sed -E "s/^  //; s/fashion_mnist(\(test\))?/csv('pixels.csv', target=label)/; s/ \| (skip|take)\([0-9]+\)//g" > $verb.yaml
done
cp train.yaml iris.yaml
run train iris.yaml out=iris
is 'help train: code' "$code" 0
has 'help train: the loss is shown' "$err" '^loss: sparse_categorical_crossentropy; metrics: accuracy$'
is 'help train: accuracy' "$(awk '/test accuracy/ { print ($3 >= 0.9) }' "$out")" 1
has 'help train: run.yaml' iris/run.yaml '^  - sparse_categorical_crossentropy$'
has 'help train: run.yaml' iris/run.yaml '^  - accuracy$'
run predict iris iris.csv
has 'help train: predict' "$out" '^class,probability_0,probability_1,probability_2$'
if [ -s pretrain.yaml ]; then
    run pretrain pretrain.yaml epochs=1 -q out=pretrained
    is 'help pretrain' "$code $(cat "$err")" '0 '
fi

# ---- the pages: blocks of yaml that name data and a model ----
for page in "$root"/README.md "$root"/docs/guide/*.md; do
    rm -f block.*
    awk '/^```yaml/ { inside = 1; n++; next } /^```/ { inside = 0 } inside { print > ("block." n) }' "$page"
    for block in block.*; do
        [ -f "$block" ] && grep -q '^data:' "$block" && grep -q '^model:' "$block" || continue
        grep -q '^start:' "$block" && continue # on top of a model: tests of their own
        sed -E "s/\b(fashion_mnist|mnist)\b(\(test\))?/csv('pixels.csv', target=label)/; s/ \| (skip|take)\([0-9]+\)//g; \
            s/^(frozen_epochs|validation): [0-9].*//" "$block" > page.yaml
        verb=train
        grep -q '^unlabelled:' "$block" && verb=pretrain
        run $verb page.yaml epochs=1 -q "out=page-$(basename "$page" .md)-$block"
        is "$(basename "$page"), $block" "$code $(head -n 2 "$err")" '0 '
        checked=${checked-}x
    done
done
is 'pages with a run file' "$([ ${#checked} -ge 4 ] && echo enough)" enough

# ---- what is chosen: data, last layer, loss, metrics ----
chosen()
{
    run train iris.yaml "data=$1" "model=[dense(8, activation=relu), $2]" --dry-run test=none
    is "chosen for $2 on $1" "$code $(awk '/^[a-z]+:/ { key = $1 } /^  - / && key ~ /loss|metrics/ { printf "%s ", $2 }' "$out")" "0 $3"
}
chosen "csv('iris.csv', target=species)" 'dense(3, activation=softmax)' 'sparse_categorical_crossentropy accuracy '
chosen "csv('iris.csv', target=species) | one_hot(3)" 'dense(3, activation=softmax)' 'categorical_crossentropy accuracy '
chosen "csv('yes.csv', target=fits)" 'dense(1, activation=sigmoid)' 'binary_crossentropy accuracy '
chosen "csv('yes.csv', target=fits)" 'dense(2, activation=softmax)' 'sparse_categorical_crossentropy accuracy '
chosen "csv('yes.csv', target=fits, stream=true)" 'dense(1, activation=sigmoid)' 'binary_crossentropy accuracy '
chosen "csv('yes.csv', target=a)" 'dense(1)' 'mean_squared_error '
chosen "csv('yes.csv', target=[a, b])" 'dense(2)' 'mean_squared_error '
chosen "csv('yes.csv', target=a)" 'dense(1, activation=sigmoid)' 'mean_squared_error '
chosen digits 'dense(10)' 'sparse_categorical_crossentropy(from_logits=true) accuracy '

run train iris.yaml "data=csv('houses.csv', target=[[price], [old]])" 'outputs=[price, old]' test=none --dry-run \
    'model=[dense(4, name=body), dense(1, name=price), dense(1, activation=sigmoid, name=old) <- body]'
is 'several outputs' "$code" 0
has 'several outputs' "$out" '^  - mean_squared_error, binary_crossentropy$'
has 'several outputs' "$out" '^  - none, accuracy$'
run train iris.yaml loss=mse metrics= --dry-run
lacks 'what is given stays' "$out" accuracy
run train iris.yaml out=j --json epochs=1
has json "$out" '"event":"done".*"loss_function":"sparse_categorical_crossentropy"'
is 'json: stderr' "$(cat "$err")" ''

# ---- predictions: a row for each row, in order ----
run train iris.yaml "data=csv('yes.csv', target=fits)" 'model=[dense(1, activation=sigmoid)]' epochs=1 -q test=none out=yes
run predict yes yes.csv
cp "$out" plain
is 'titles of yes or no' "$(head -n 1 plain)" class,probability_1
for pipeline in "csv('yes.csv') | shuffle" "csv('yes.csv') | shuffle(seed=3) | batch(7)" \
    "csv('yes.csv') | batch(7, drop_remainder=true)" "csv('yes.csv', stream=true) | shuffle | batch(64, drop_remainder=true)"; do
    run predict yes "$pipeline"
    is "in order: $pipeline" "$code $(cmp plain "$out" && echo same)" '0 same'
    has "a warning: $pipeline" "$err" 'is left out'
done
run predict yes "csv('yes.csv') | batch(7)"
is 'batches do not matter' "$(cmp plain "$out" && echo same)$(cat "$err")" same
run predict yes "csv('yes.csv') | skip(10) | take(5)"
is 'picked rows' "$(tail -n 5 "$out")" "$(sed -n 12,16p plain)"
is 'picked rows: no warning' "$(cat "$err")" ''
run predict yes "csv('yes.csv', target=fits) | keep_classes(1)"
is 'rows of a class' "$(wc -l < "$out" | tr -d ' ')" "$(($(grep -c ',1$' yes.csv) + 1))"
has 'rows of a class' "$err" 'picks rows by their class'
run predict yes "csv('yes.csv') | split(0.5)"
is 'split is no step' "$code" 2
run predict yes yes.csv --format jsonl
has 'jsonl of yes or no' "$out" '^{"class":[01],"probability_1":[0-9.e-]*}$'
run predict yes yes.csv --monte-carlo 2
is 'Monte Carlo of yes or no' "$(head -n 1 "$out")" class,entropy,mean_1,deviation_1
run predict yes yes.csv --monte-carlo 2 --format jsonl
has 'jsonl of Monte Carlo' "$out" '^{"class":[01],"entropy":[0-9.e-]*,"mean_1":[0-9.e-]*,"deviation_1":[0-9.e-]*}$'
# ---- an array of numpy is read as one, by a model without a table ----
run train digits epochs=1 out=writer -q
run predict writer 'digits | take(20)' -o p.npy
cat > arrays.yaml <<'YAML'
data: npy('p.npy', targets='p.npy') | batch(5)
model: [dense(10)]
loss: mse
epochs: 1
YAML
run train arrays.yaml out=reader -q
is 'npy' "$code" 0
run predict reader p.npy
is 'npy: rows' "$code $(wc -l < "$out" | tr -d ' ')" '0 21'

# ---- pairs: as one text, or as YAML has them ----
printf 'a,b,y\n1,2,0\n2,3,1\n3,3,0\n4,1,1\n5,6,0\n6,7,1\n' > pairs.csv
printf "data: table('pairs.csv', target=y)\nmodel: [dense(2, activation=softmax)]\n" > pairs.yaml
for pairs in 'a=category, b=drop' '{a: category, b: drop}'; do
    { cat pairs.yaml; echo "columns: $pairs"; } > these.yaml
    run train these.yaml --dry-run
    is "$pairs" "$code" 0
    has "$pairs" "$out" '^columns: a=category, b=drop$'
done
finish
