#!/bin/sh
# Folders of runs: one run at a time, none replaced without a word; ends that stay; signals; histories that are lost.
. tests/cli/common

cat > net.yaml <<'YAML'
data: digits | shuffle | batch(16)
validation: split(0.1, shuffle=true)
model: [input(64), rescaling(1/16), 'dense(40, activation=relu)', dropout(0.2), 'dense(10, activation=softmax)']
optimizer: nadam(5e-3)
epochs: 60
seed: 5
YAML
early="observers=[early_stopping(patience=3), csv_logger('log.csv')]"

# plain FILE: a history without its seconds
plain() { sed 's/,[^,]*$//' "$1"; }

# until_file FILE LINES: waits until it holds as many
until_file()
{
    tries=0
    until [ -e "$1" ] && [ "$(wc -l < "$1")" -ge "$2" ]; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || { fail "$1 never came"; return; }
        sleep 0.05
    done
}

# ---- a run that ended stays ended ----
run train net.yaml "$early" out=ended -q
is 'early stopping' "$code" 0
has 'early stopping' "$out" '^stopped  *by early_stopping in epoch 13$'
has 'early stopping' "$out" '^weights  *of epoch 10, the best$'
is 'early stopping: the figure is of the best epoch' "$(awk '/^validation loss/ { print $3 }' "$out")" \
    "$(awk -F, '$1 == 10 { printf "%.4f", $4 }' ended/history.csv)"
is 'early stopping: rows' "$(wc -l < ended/log.csv) $(wc -l < ended/history.csv)" '14 14'
cp -r ended whole
cp ended/log.csv whole.csv
cksum ended/* > before
run train --resume ended
is 'resume' "$code" 0
has 'resume' "$err" 'nothing to do: early_stopping ended this run in epoch 13, best 10'
cksum ended/* | cmp - before || fail 'resume: files change'

# As a kill leaves it between the end and the saving of the model.
rm ended/model.safetensors
run train --resume ended -q
is 'resume without a model' "$code" 0
cmp ended/model.safetensors whole/model.safetensors || fail 'resume without a model: another model'
cmp ended/checkpoint.safetensors whole/checkpoint.safetensors || fail 'resume without a model: another checkpoint'

# ---- the history comes from the checkpoint ----
for garbage in '' 'hello' 'foo,bar
1,2' 'epoch,loss
1,9
1,9
3,9'; do
    printf '%s' "$garbage" > ended/history.csv
    printf '%s' "$garbage" > ended/log.csv
    run train --resume ended -q
    is 'garbage for a history' "$code" 0
    [ "$(plain ended/history.csv)" = "$(plain whole/history.csv)" ] || fail "history of '$garbage'"
    cmp ended/log.csv whole.csv || fail "csv_logger of '$garbage'"
done
rm ended/history.csv ended/log.csv
run train --resume ended -q
[ "$(plain ended/history.csv)" = "$(plain whole/history.csv)" ] || fail 'no history'

# ---- more epochs: new patience ----
run train --resume ended epochs=70 -q
is 'more epochs' "$code" 0
has 'more epochs' "$out" 'by early_stopping in epoch 17$'
is 'more epochs: rows' "$(wc -l < ended/log.csv) $(wc -l < ended/history.csv)" '18 18'
run train --resume ended
has 'more epochs, again' "$err" 'nothing to do: early_stopping ended this run in epoch 17, best 14'

# ---- a refused resume changes nothing ----
cksum ended/* > before
run train --resume ended epochs=90 model.2='dense(41)'
is 'refused' "$code" 3
cksum ended/* | cmp - before || fail 'refused: files change'

# ---- a folder with a run ----
cksum ended/* > before
run train net.yaml out=ended
is 'a folder with a run' "$code" 2
has 'a folder with a run' "$err" 'overwrite=true'
run train net.yaml out=ended overwrite=maybe
is 'overwrite=maybe' "$code" 2
run train net.yaml out=ended overwrite=true "data=csv('nowhere.csv')"
is 'overwrite: no data' "$code" 5
printf 'x,y\n%s' "$(i=0; while [ $i -lt 40 ]; do echo "$i,12"; i=$((i + 1)); done)" > labels.csv
run train net.yaml out=ended overwrite=true "data=csv('labels.csv', target=y)" validation=none 'model=[dense(3, activation=softmax)]' \
    loss=sparse_categorical_crossentropy
is 'overwrite: a label that is none' "$code" 3
cksum ended/* | cmp - before || fail 'overwrite: a run that could not begin took the old one away'
run train net.yaml out=ended overwrite=true epochs=2 checkpoint=false -q
is 'overwrite' "$code $(ls ended | tr '\n' ' ')" '0 history.csv log.csv model.safetensors report.html run.yaml '
lacks 'overwrite' ended/run.yaml '^overwrite'

# ---- one run at a time ----
"$plummet" train net.yaml out=busy epochs=1000000 -q > "$out" 2> "$err" &
pid=$!
until_file busy/history.csv 3
for how in 'net.yaml out=busy' 'net.yaml out=busy overwrite=true' '--resume busy'; do
    # shellcheck disable=SC2086 # words
    "$plummet" train $how > .out2 2> .err2
    is "two runs, $how" $? 2
done
has 'two runs' .err2 "at work in this folder (process $pid)"
kill -TERM $pid
wait $pid
is 'TERM' $? 130

# ---- signals, in the first epoch, too: what is resumed equals what was never stopped ----
# The net is made wide enough for two epochs to take a second, so that the signal comes in time.
units=40
while :; do
    rm -rf never
    begun=$(date +%s%N)
    run train net.yaml "data=digits | shuffle | batch(1)" model.2="dense($units)" epochs=2 out=never -q
    [ $(($(date +%s%N) - begun)) -lt 1000000000 ] && [ $units -lt 10000 ] || break
    units=$((units * 2))
done
# HUP stays ignored where it was ignored before (nohup), as it may be for this script.
heard=
if env --default-signal=HUP true 2> /dev/null; then
    heard="env --default-signal=HUP"
fi
for signal in HUP USR1 XCPU QUIT INT; do
    # shellcheck disable=SC2086 # words
    $heard "$plummet" train net.yaml "data=digits | shuffle | batch(1)" model.2="dense($units)" epochs=2 out=$signal \
        -q > "$out" 2> "$err" &
    pid=$!
    until_file $signal/run.yaml 1
    kill -$signal $pid
    wait $pid
    is "$signal" $? 130
    has "$signal" "$err" "^to continue: plummet train --resume $signal\$"
    run train --resume $signal -q
    is "$signal, resumed" "$code" 0
    for file in model.safetensors checkpoint.safetensors; do
        cmp $signal/$file never/$file || fail "$signal, resumed: another $file"
    done
done

# ---- a reader that goes away ----
"$plummet" train net.yaml epochs=20 out=pipe --json | head -n 2 > two
is 'head: lines' "$(wc -l < two)" 2
run train --resume pipe
has 'head: the run is whole' "$err" 'nothing to do: all epochs are done'

# ---- the folder goes away ----
"$plummet" train net.yaml epochs=40 "data=digits | shuffle | batch(1)" out=gone -q > "$out" 2> "$err" &
pid=$!
until_file gone/history.csv 2
mv gone moved
wait $pid
is 'the folder goes away' $? 5
has 'the folder goes away' "$err" 'the run continues in gone$'
is 'the folder goes away: rows' "$(wc -l < gone/history.csv)" 41
run evaluate gone digits
is 'the folder goes away: the model' "$code" 0

# ---- its files go away, and the folder stays ----
"$plummet" train net.yaml epochs=40 "data=digits | shuffle | batch(1)" out=emptied report=false -q > "$out" 2> "$err" &
pid=$!
until_file emptied/history.csv 2
rm -f emptied/run.yaml emptied/history.csv
wait $pid
is 'its files go away' $? 0
has 'its files go away' "$err" 'emptied: run.yaml was removed, and is written again$'
is 'its files go away: rows' "$(wc -l < emptied/history.csv)" 41
run train --resume emptied epochs=41 report=false -q
is 'its files go away: resumed' "$code" 0
is 'its files go away: rows after it' "$(wc -l < emptied/history.csv)" 42

# ---- training metrics beside averaged weights ----
run train net.yaml validation=none epochs=2 report=false out=averaged optimizer='adam(1e-3, use_ema=true)' -q
has 'averaged' "$out" '^training loss .*, before averaging$'
run train net.yaml validation=none epochs=2 report=false out=plain optimizer='adam(1e-3)' -q
lacks 'not averaged' "$out" 'before averaging'

# ---- a net that diverges ----
run train net.yaml optimizer='sgd(piecewise_constant([500], [0.1, 1e38]))' keep=last out=diverged -q
is 'diverged' "$code" 4
has 'diverged' "$err" 'the model of epoch 4 is saved: diverged/model.safetensors'
run train net.yaml optimizer='sgd(0.1)' epochs=4 keep=last out=good -q
run evaluate diverged digits
cp "$out" one
run evaluate good digits
cmp "$out" one || fail 'diverged: not the model of epoch 4'

# ---- keep ----
run train net.yaml keep=first out=bad
is 'keep=first' "$code" 2
run train net.yaml keep=best validation=none out=bad
is 'keep=best without validation' "$code" 2
awk -v OFS=, 'BEGIN { print "x,y"; for (i = 0; i < 90; i++) print i * 37 % 91, i % 7 }' > rows.csv
run train rows.csv target=y keep=best validation=none out=bad epochs=1
is 'keep=best without validation, a table' "$code" 2
has 'keep=best without validation, a table' "$err" 'the best epoch is found by validation, but there is no validation'
is 'keep: no folder' "$(ls -d bad 2> /dev/null)" ''
run train net.yaml epochs=21 keep=last out=last --json -q
lacks 'keep=last' "$out" kept_epoch
run train net.yaml epochs=21 out=best --json -q
has 'keep=best' "$out" '"kept_epoch":20,'
finish
