#!/bin/sh
# join: nets become one model whose predictions are the means of theirs; what cannot be joined is an error and writes nothing.
. tests/cli/common

awk 'BEGIN { print "size,age,price"; for (i = 0; i < 60; i++) printf "%d,%d,%d\n", i, i * 37 % 90, 3 * i + 1 }' > flats.csv
cat > net.yaml <<'END'
data: csv('flats.csv', target=price) | shuffle | batch(16)
model: normalization | dense(8, activation=tanh) | dense(1)
epochs: 3
END
for seed in 1 2 3; do
    run train net.yaml seed=$seed out=net$seed -q
    is "train $seed" "$code" 0
    "$plummet" predict net$seed flats.csv > $seed.csv
done
run join net1 net2/model.safetensors net3 -o three.safetensors
is 'join' "$code $(wc -c < "$out" | tr -d ' ')" '0 0'
run predict three.safetensors flats.csv
is 'predict' "$code" 0
paste -d, 1.csv 2.csv 3.csv "$out" | awk -F, 'NR > 1 { mean = ($1 + $2 + $3) / 3; d = mean - $4
    if (d * d > 1e-8 * (1 + mean * mean)) wrong++ } END { print NR, wrong + 0 }' > compared
is 'means' "$(cat compared)" '61 0'
run summary three.safetensors
has 'its columns' "$out" '^Inputs: size, age$'
has 'its layers' "$out" '^net2_dense '
run evaluate three.safetensors flats.csv
is 'evaluate' "$code" 0

# ---- errors ----
run train net.yaml data="csv('flats.csv', target=price, inputs=[size])" out=other -q
run join net1 other -o wrong.safetensors
is 'other columns' "$code $(ls wrong.safetensors 2> /dev/null)" '2 '
has 'other columns' "$err" 'model 1 has other inputs'
run join net1 net2
is 'without a file' "$code" 2
has 'without a file' "$err" 'names the file to write'
run join net1 -o one.safetensors
is 'one model' "$code" 2
ln -s net1/model.safetensors linked.safetensors
for again in net1 net1/model.safetensors ./net2/../net1 linked.safetensors; do
    run join net1 net2 $again -o wrong.safetensors
    is "the same model twice: $again" "$code $(ls wrong.safetensors 2> /dev/null)" '2 '
    has "the same model twice: $again" "$err" "error: net1 and $again are the same model"
    has "the same model twice: $again" "$err" 'hint: name each model once'
done
run join net1 absent -o wrong.safetensors
is 'an absent model' "$code" 5

# ---- what is not overwritten: a model of its own, a table ----
cp net1/model.safetensors kept.safetensors
for file in net1/model.safetensors ./net2/../net1/model.safetensors; do
    run join net1 net2 -o $file
    is "over its own model: $file" "$code $(cmp net1/model.safetensors kept.safetensors && echo same)" '2 same'
    has 'over its own model' "$err" 'would overwrite one of its own models, net1$'
done
cp flats.csv kept.csv
run join net1 net2 -o flats.csv
is 'over a table' "$code $(cmp flats.csv kept.csv && echo same)" '2 same'

# ---- runs of a table with other seeds have measured its columns on other rows ----
awk 'BEGIN { print "size,kind,price"; for (i = 0; i < 80; i++) printf "%s,%s,%d\n", i % 7 ? i * 37 % 90 : "", i % 3 ? "a" : "b", 3 * i + 1 }' > homes.csv
for seed in 1 2; do
    run train homes.csv target=price seed=$seed effort=quick epochs=2 out=table$seed -q
done
run join table1 table2 -o wrong.safetensors
is 'other rows' "$code $(ls wrong.safetensors 2> /dev/null)" '2 '
has 'other rows' "$err" 'model 1 has learned means and words of the columns from other rows than model 0'
has 'other rows' "$err" 'nets=3'
run join table1 net1 -o wrong.safetensors
has 'no table' "$err" 'model 1 has other '
finish
