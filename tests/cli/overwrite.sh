#!/bin/sh
# overwrite=true: the run that was there stays until the new one has something of its own.
. tests/cli/common

cat > net.yaml <<'YAML'
data: digits | shuffle | batch(16)
model: [input(64), rescaling(1/16), 'dense(20, activation=relu)', 'dense(10, activation=softmax)']
optimizer: sgd(0.1)
epochs: 2
YAML

# same WHAT: the folder holds the first run, and nothing else
same()
{
    checks=$((checks + 1))
    cksum ow/* | cmp - before || fail "$1: files change"
    is "$1: hidden files" "$(find ow -mindepth 1 -maxdepth 1 -name '.*' | wc -l)" 0
}

# killed SIGNAL: a run of epochs of some seconds gets the signal when it has trained a batch
killed()
{
    "$plummet" train net.yaml "data=digits | batch(1)" 'model=[input(64), 2 * dense(2000), dense(10)]' \
        out=ow loss='sparse_categorical_crossentropy(from_logits=true)' 'optimizer=sgd(1e-6)' overwrite=true epochs=1000 > "$out" 2> "$err" &
    pid=$!
    tries=0
    until [ -e ow/.before ]; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || { fail 'the training never began'; break; }
        sleep 0.02
    done
    kill -"$1" $pid
    wait $pid 2> wait.txt
    code=$?
}

run train net.yaml out=ow -q
is 'the first run' "$code" 0
cksum ow/* > before

# ---- it fails ----
run train net.yaml out=ow overwrite=true 'optimizer=sgd(1e30)'
is 'diverges' "$code" 4
has 'diverges' "$err" 'ow: the older run is kept, since the new one has not finished an epoch'
same 'diverges'
run train --resume ow
has 'diverges, then resume' "$err" 'nothing to do: all epochs are done'
same 'diverges, then resume'

# ---- its time is over before its first epoch is ----
run train net.yaml out=ow overwrite=true time=0.000001s
is 'no time' "$code" 2
has 'no time' "$err" 'where: time'
has 'no time' "$err" 'the time was over before the first epoch was, so the older run in the folder is kept'
has 'no time' "$err" 'hint: give more time, or another folder: out=DIR'
same 'no time'
# a new folder gets what one batch has taught
run train net.yaml out=short time=0.000001s
is 'no time, a new folder' "$code" 0
is 'no time, a new folder: a model' "$(ls short/model.safetensors)" short/model.safetensors
run train --resume short time=1h
is 'no time, resumed' "$code" 0
is 'no time, resumed: epochs' "$(grep -c '^[12],' short/history.csv)" 2

# ---- it is stopped in its first epoch ----
killed INT
is 'Ctrl-C' "$code" 130
if ! grep -q 'is replaced' "$err"; then # a fast machine may have finished an epoch
    lacks 'Ctrl-C' "$err" 'to continue'
    same 'Ctrl-C'
fi
run train net.yaml out=ow overwrite=true -q
cksum ow/* > before

killed KILL # in place, and kept aside as well
run evaluate ow digits
is 'kill -9: there is a model' "$code" 0
run train --resume ow
is 'kill -9, then resume' "$code" 0

# ---- killed between the removal of the old and the first checkpoint of the new run ----
run train net.yaml out=ow overwrite=true -q
cksum ow/* > before
mkdir ow/.before
mv ow/* ow/.before
echo 'epochs: 9' > ow/run.yaml
echo 'half' > ow/pretrained.safetensors
run train --resume ow
is 'killed while it replaces' "$code" 0
has 'killed while it replaces' "$err" 'killed before it could replace the older one, which is restored'
same 'killed while it replaces'

# ---- it goes well ----
run train net.yaml out=ow overwrite=true 'optimizer=sgd(0.2)'
is 'goes well' "$code" 0
has 'goes well' "$err" 'ow: the older run in this folder is replaced'
has 'goes well' ow/run.yaml 'sgd(0.2)'
is 'goes well: files' "$(ls -A ow | tr '\n' ' ')" 'checkpoint.safetensors history.csv model.safetensors report.html run.yaml '
run train net.yaml out=ow overwrite=true checkpoint=false -q
is 'goes well without a checkpoint' "$(ls -A ow | tr '\n' ' ')" 'history.csv model.safetensors report.html run.yaml '
# ---- a run that was killed, or had an error of the disk, while it removed the older one, is no obstacle for the next ----
mkdir ow/.before.old
echo half > ow/.before.old/model.safetensors
run train net.yaml out=ow overwrite=true -q
is 'an unfinished removal' "$code" 0
is 'an unfinished removal: files' "$(ls -A ow | tr '\n' ' ')" 'checkpoint.safetensors history.csv model.safetensors report.html run.yaml '
# ---- a run that was killed before its first checkpoint begins again, and says that alone ----
mkdir early
cp ow/run.yaml early/
run train --resume early
is 'early' "$code" 0
is 'early: what it says' "$(grep -c -e 'no checkpoint yet' "$err") $(grep -c -e 'is replaced' -e null "$err")" '1 0'
finish
