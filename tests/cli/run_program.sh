#!/bin/sh
# A program that trains a run file by plummet_run.h (examples/train_run_file.c) leaves what the command leaves.
. tests/cli/common
program=${BUILD:?}/examples/train_run_file
case $program in /*) ;; *) program=$root/$program ;; esac
[ -x "$program" ] || { echo 'no example: built without examples'; exit 77; }

# same NAME RUNFILE key=value ...: the model is the same byte for byte, the history but for the seconds
same()
{
    name=$1
    shift
    run train "$@" out="$name-command" -q
    is "$name: command" "$code" 0
    "$program" "$@" out="$name-program" >"$name-printed" 2>"$name-errors" </dev/null
    is "$name: program" "$?" 0
    lacks "$name: nothing on stderr" "$name-errors" .
    for file in model.safetensors run.yaml; do
        cmp -s "$name-command/$file" "$name-program/$file" || fail "$name: another $file"
        checks=$((checks + 1))
    done
    sed 's/,[^,]*$//' "$name-command/history.csv" >a
    sed 's/,[^,]*$//' "$name-program/history.csv" >b
    cmp -s a b || fail "$name: another history"
    checks=$((checks + 1))
}

same digits digits epochs=3 seed=4
has 'digits' digits-printed '^epoch 3 of 3: loss'
has 'digits' digits-printed '^test accuracy 0'
has 'digits' digits-printed '^model digits-program/model.safetensors$'

# in two phases, from a model that was trained before, with observers, class weights and a best epoch
cat >again.yaml <<'END'
data: digits | shuffle | batch(32)
validation: split(0.2)
start: digits-command
freeze: 'dense*'
frozen_epochs: 1
unfreeze: dense
model: [dense(10, activation=softmax)]
observers: [early_stopping(patience=2)]
class_weight: [1, 1, 1, 2, 1, 1, 1, 1, 1, 1]
epochs: 3
END
same again again.yaml
PLUMMET_DATA=${PLUMMET_DATA:-${PLUMMET_SHARED:-$root/../shared/data}}
export PLUMMET_DATA
net=$root/examples/fashion-mnist.yaml
if "$plummet" train "$net" data='fashion_mnist | take(256) | batch(64)' epochs=1 -q out=probe >/dev/null 2>&1; then
    same fashion "$net" data='fashion_mnist | take(512) | shuffle | batch(64)' epochs=2
else
    echo 'no Fashion-MNIST: its run file is not compared'
fi
finish
