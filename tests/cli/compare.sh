#!/bin/sh
# examples/pretraining/compare: the paired difference over seeds, and what it says of figures that are not there. The run
# files of reuse and pretraining are read, where their data are.
. tests/cli/common
PLUMMET=$plummet
export PLUMMET
compare=$root/examples/pretraining/compare

cat > net.yaml <<'END'
data: digits | shuffle
test: split(0.5, shuffle=true)
model: [rescaling(1/16), dense(20, activation=relu), dense(10, activation=softmax)]
epochs: 2
checkpoint: false
END
"$compare" -n 3 -b 'train net.yaml epochs=1' 'train net.yaml epochs=1' \
    "train net.yaml 'optimizer=adam(1e-2)' start=runs/compare-SEED-before cut=0 'model=[]'" > "$out" 2> "$err"
is 'compare' $? 0
has 'compare' "$out" '^ *3  *0\.[0-9]*  *0\.[0-9]*  *+0\.[0-9]*$'
has 'compare' "$out" '^  mean .* 95 % interval +0\.[0-9]* to +0\.[0-9]*$'
# the mean is the mean of the differences
is 'compare: the mean' "$(awk '$1 ~ /^[0-9]/ { s += $4; n++ } $1 == "mean" { d = s / n - $4; print (d < 1e-4 && d > -1e-4) }' "$out")" 1
"$compare" -n 2 -m no_figure 'train net.yaml' 'train net.yaml' > "$out" 2> "$err"
is 'no such figure' $? 1
has 'no such figure' "$err" 'compare: no no_figure in'
"$compare" 'train net.yaml' > "$out" 2> "$err"
is 'one command' $? 2
has 'one command' "$err" 'paired difference'

data=$root/../shared/data
if [ -d "$data/fashion-mnist" ]; then
    cd "$root" || exit 1
    for file in examples/transfer/task-a.yaml examples/transfer/task-b.yaml examples/pretraining/few-labels.yaml; do
        PLUMMET_DATA=$data run train -n $file
        is "$file" "$code" 0
    done
    PLUMMET_DATA=$data run pretrain -n examples/pretraining/few-labels.yaml
    is 'pretrain few-labels.yaml' "$code" 0
    has '200 rows are left' "$out" '^200 rows to train on'
fi
finish
