#!/bin/sh
# nets: several nets of one run are trained side by side and become one model; the same bits on any number of threads,
# resumed or not. calibrate, time, class_weight: balanced, stratified splits and folds.
. tests/cli/common

awk 'BEGIN { print "a,b,c,kind"; split("red grey white", w, " ")
    for (i = 0; i < 240; i++) {
        a = i * 37 % 101; b = i * 53 % 89; kind = a + b > 95 ? "big" : "small"
        if (i % 17 == 3) kind = "odd"
        printf "%d,%d,%s,%s\n", a, b, w[1 + i % 3], kind } }' > t.csv
cat > net.yaml <<'END'
data: table('t.csv', target=kind) | shuffle | batch(16)
test: split(0.2, shuffle=true, stratify=true)
validation: split(0.2, shuffle=true, stratify=true)
model: [dense(16, activation=relu), dense(3, activation=softmax)]
optimizer: adam(0.01)
nets: 3
calibrate: true
epochs: 12
END

# ---- one model of several nets ----
run train net.yaml -q out=a
is 'three nets' "$code$(cat "$err")" 0
has 'the weights of each' "$out" '^weights  *of epochs [0-9]*, [0-9]*, [0-9]*, the best of each net$'
has 'the temperature' "$out" '^temperature '
run summary a
has 'one model' "$out" '^net2_dense '
is 'a row an epoch' "$(wc -l < a/history.csv | tr -d ' ')" 13
for file in model history checkpoint checkpoint-2 checkpoint-3; do
    [ -f a/$file.safetensors ] || [ -f a/$file.csv ] || fail "there is no $file"
done
for threads in 1 2 4 8; do
    run train net.yaml -q out=t$threads threads=$threads
    cmp a/model.safetensors t$threads/model.safetensors || fail "$threads threads give other bits"
    [ "$(cut -d, -f1-5 a/history.csv)" = "$(cut -d, -f1-5 t$threads/history.csv)" ] || fail "$threads threads: history"
done
run train a/run.yaml -q out=again
cmp a/model.safetensors again/model.safetensors || fail 'its run file gives other bits'
run train net.yaml -q out=plain isa=plain
cmp a/model.safetensors plain/model.safetensors || fail 'plain C gives other bits'
run predict a t.csv
is 'predict' "$code $(wc -l < "$out" | tr -d ' ')" '0 241'
run evaluate a
is 'evaluate' "$code" 0

# ---- resumed ----
run train net.yaml -q out=r epochs=5
run train --resume r epochs=12 -q
is 'resume' "$code" 0
cmp a/model.safetensors r/model.safetensors || fail 'a resumed run gives other bits'
[ "$(cut -d, -f1-5 a/history.csv)" = "$(cut -d, -f1-5 r/history.csv)" ] || fail 'a resumed run has another history'
run train --resume a -q
is 'nothing to do' "$code" 0
cmp a/model.safetensors again/model.safetensors || fail 'nothing to do, and the model is another one'
rm r/checkpoint-2.safetensors
run train --resume r epochs=12 -q
cmp a/model.safetensors r/model.safetensors || fail 'a lost checkpoint of one net gives other bits'
run train --resume a nets=2 -q epochs=14
is 'another number of nets' "$code" 2
has 'another number of nets' "$err" "nets is now '2', but was '3'"

# ---- the nets differ, and one is the run of one net ----
run train net.yaml -q out=one nets=1 calibrate=false
run train net.yaml -q out=two nets=2 calibrate=false
is 'two nets' "$code" 0

# ---- calibration keeps the classes ----
run train net.yaml -q out=warm nets=1
"$plummet" predict one t.csv | cut -d, -f1 > one.class
"$plummet" predict warm t.csv | cut -d, -f1 > warm.class
cmp one.class warm.class || fail 'calibration changes classes'
run train net.yaml -q out=w validation=none
is 'calibrate without validation' "$code" 2
has 'calibrate without validation' "$err" 'add validation'

# ---- a limit of time ----
run train net.yaml -q out=late epochs=100000000 time=1s
is 'time' "$code" 0
has 'time' "$out" '^stopped  *by time in epoch '
run train net.yaml -q out=late1 epochs=100000000 time=0.5 nets=1
is 'time of one net' "$code" 0
has 'time of one net' "$out" '^stopped  *by time in epoch '
run train net.yaml -q out=l time=soon
is 'no time' "$code" 2
has 'no time' "$err" '90s, 10m, 2h'

# ---- balanced classes ----
run train net.yaml -q out=even class_weight=balanced
is 'balanced' "$code" 0
cmp -s a/model.safetensors even/model.safetensors && fail 'balanced weights change nothing'
# 8 rows of 4 classes: a class of 4 rows has the weight 8 / (4 * 4), one of a single row 8 / (4 * 1)
printf 'x,y\n1,0\n2,0\n3,0\n4,0\n5,1\n6,1\n7,2\n8,3\n' > eight.csv
printf '%s\n' "data: csv('eight.csv', y) | batch(4)" "model: [input(1), 'dense(4, activation=softmax)']" 'epochs: 3' > eight.yaml
run train eight.yaml -q out=eight class_weight=balanced
run train eight.yaml -q out=listed class_weight='[0.5, 1, 2, 2]'
is 'weights of eight rows' "$code" 0
cmp eight/model.safetensors listed/model.safetensors || fail 'balanced weights are others'
run train eight.yaml -q out=other class_weight='[0.5, 1, 2, 2.5]'
cmp -s eight/model.safetensors other/model.safetensors && fail 'weights of the last class change nothing'

# ---- splits ----
# every fold has its share of the rare class: 14 of 240 rows, 2 or 3 of each 48
for fold in 0 1 2 3 4; do
    run train net.yaml nets=1 calibrate=false -q out=f$fold epochs=1 "test=split(0.2, shuffle=true, stratify=true, fold=$fold)"
    is "fold $fold" "$code" 0
done
run train net.yaml nets=1 -q out=f5 "test=split(0.2, shuffle=true, fold=5)"
is 'no such fold' "$code" 2
has 'no such fold' "$err" 'there is no fold 5'
run train net.yaml nets=1 -q out=f6 calibrate=false "data=table('t.csv', target=a)" 'model=dense(1)' metrics=mae loss=mse
is 'strata of a number' "$code" 3
has 'strata of a number' "$err" 'use a target of classes'

# ---- what does not go with several nets ----
run train net.yaml start=a -q
is 'start' "$code" 2
has 'start' "$err" 'cannot be used with several nets'
run train net.yaml doctor=true -q
is 'doctor' "$code" 2
has 'doctor' "$err" 'the doctor can watch only one net, but [0-9]* are trained'
run train net.yaml --watch -q
is '--watch' "$code" 2
has '--watch' "$err" '--watch can show only one net, but [0-9]* are trained'
run train net.yaml epochs=0 -q
is 'epochs=0' "$code" 2
has 'epochs=0' "$err" 'epochs=0 cannot be used with several nets'

# ---- nets whose losses are not finite: which one is examined does not depend on the threads ----
awk 'BEGIN { print "a,b,z"; for (i = 0; i < 900; i++) printf "%d,%d,%.1f\n", i * 37 % 91, i % 7, 3.5 * (i * 37 % 91) }' > wide.csv
cat > lost.yaml <<'YAML'
data: csv('wide.csv', target=z) | shuffle | batch(8)
validation: split(0.2)
model: [normalization, 'dense(40, activation=relu)', 'dense(40, activation=relu)', 'dense(1)']
loss: mse
optimizer: sgd(5e-4, momentum=0.9)
nets: 3
epochs: 6
name: lost
YAML
for threads in 1 1 2 3 4 8 2 1; do
    rm -rf lost
    run train lost.yaml out=lost threads=$threads -q
    is "lost with $threads threads" "$code" 4
    cp lost/doctor.txt "lost-$threads"
    [ -e lost-first ] || cp "lost-$threads" lost-first
    cmp -s "lost-$threads" lost-first || fail "lost with $threads threads: another doctor.txt"
done
has 'the lost net' lost-first 'examined: net [1-3] of 3'
finish
