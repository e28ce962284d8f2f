#!/bin/sh
# A resumed run ends with the model and, but for the seconds, the history of one that was never stopped.
. tests/cli/common

# Everything that has a state of its own: shuffle, dropout, moving means, a schedule, slots, averaged weights, an
# observer.
cat > net.yaml <<'END'
data: digits | shuffle | batch(16)
validation: split(0.1, shuffle=true)
model:
  - input(64)
  - rescaling(1/16)
  - dense(40, use_bias=false)
  - batch_normalization
  - activation(relu)
  - dropout(0.2)
  - dense(10, activation=softmax)
optimizer: nadam(cosine_decay(1e-2, 800), use_ema=true)
observers: [reduce_lr_on_plateau(patience=2, factor=0.5)]
epochs: 3
seed: 5
END

# same WHAT ONE OTHER: two folders hold the same run
same()
{
    checks=$((checks + 1))
    cmp "$2/model.safetensors" "$3/model.safetensors" || fail "$1: other models"
    sed 's/,[^,]*$//' "$2/history.csv" > one
    sed 's/,[^,]*$//' "$3/history.csv" > other
    cmp one other || fail "$1: other histories"
}

run train net.yaml epochs=7 out=whole -q
is 'the whole run' "$code" 0
run train net.yaml out=part -q
is 'the first part' "$code" 0
awk -F, -v OFS=, '$1 ~ /^[0-9]/ { $NF = sprintf("%.3f", $1 * 100 + 7) } { print }' part/history.csv > timed
cp timed part/history.csv
is 'files' "$(ls part | tr '\n' ' ')" 'checkpoint.safetensors history.csv model.safetensors report.html run.yaml '
run train --resume part/ epochs=7
is '--resume' "$code" 0
has '--resume: progress' "$err" '^epoch 4/7 '
lacks '--resume: progress' "$err" '^epoch 3/7 '
has '--resume' "$out" ', 4 more epochs'
same '--resume' whole part
has '--resume: run.yaml' part/run.yaml '^epochs: 7$'
is '--resume: seconds of earlier epochs' "$(head -n 4 part/history.csv)" "$(head -n 4 timed)"
is '--resume: seconds grow' "$(awk -F, 'NR > 2 && $NF + 0 < before { print "no" } { before = $NF + 0 }' part/history.csv)" ''

# ---- from a net that was only measured ----
run train net.yaml epochs=0 out=start -q
is 'epochs=0' "$code" 0
is 'epochs=0: history' "$(cut -d, -f1 start/history.csv | tr '\n' ' ')" 'epoch 0 '
cp start/history.csv before.csv
run train --resume start
is 'epochs=0, nothing to do' "$code" 0
has 'epochs=0, nothing to do' "$err" 'nothing to do'
cmp before.csv start/history.csv || fail 'epochs=0, nothing to do: another history'
run train --resume start epochs=7 -q
is 'epochs=0, --resume' "$code" 0
same 'epochs=0, --resume' whole start
run train --resume start epochs=0 -q
is 'epochs=0 after 7' "$code" 0
same 'epochs=0 after 7' whole start

# schedules whose lengths are parts of the run, and expressions of its length: measured as before epoch 1
for rate in 'coslog(0.01)' 'one_cycle(0.01, all)' "per_step('0.01 * (1 - step / steps)')" "per_epoch('0.01 * (1 - epoch / epochs)')"; do
    run train net.yaml epochs=0 -q out=start overwrite=true optimizer="sgd($rate)"
    is "epochs=0 $rate" "$code" 0
    is "epochs=0 $rate: history" "$(cut -d, -f1 start/history.csv | tr '\n' ' ')" 'epoch 0 '
done
run train net.yaml epochs=2 -q out=at_once optimizer='sgd(coslog(0.01))'
run train net.yaml epochs=0 -q out=start overwrite=true optimizer='sgd(coslog(0.01))'
run train --resume start epochs=2 -q
same 'epochs=0 of coslog, --resume' at_once start

# ---- again, with nothing left to do ----
run train -r part
is 'nothing to do' "$code" 0
has 'nothing to do' "$err" 'nothing to do'
same 'nothing to do' whole part

# ---- the history knows more than the checkpoint ----
run train net.yaml out=pairs epochs=5 checkpoint=2 -q
is 'checkpoint=2' "$code" 0
printf '6,0.1' >> pairs/history.csv # as a crash leaves it
run train --resume pairs epochs=7 --json
is 'checkpoint=2, --resume' "$code" 0
has 'checkpoint=2, --resume' "$out" '^{"event":"epoch","epoch":6,'
lacks 'checkpoint=2, --resume' "$out" '^{"event":"epoch","epoch":5,'
same 'checkpoint=2, --resume' whole pairs

# ---- Ctrl-C during an epoch ----
"$plummet" train net.yaml optimizer='adam(1e-3)' epochs=1000000 out=cut > "$out" 2> "$err" &
pid=$!
tries=0
until [ -e cut/history.csv ] && [ "$(wc -l < cut/history.csv)" -ge 3 ]; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || { fail 'no history'; break; }
    sleep 0.02
done
kill -INT $pid
wait $pid
is 'Ctrl-C' $? 130
has 'Ctrl-C' "$err" '^to continue: plummet train --resume cut$'
epochs=$(($(wc -l < cut/history.csv) + 2)) # the header is a line: 3 epochs more
run train --resume cut epochs=$epochs
is 'Ctrl-C, --resume' "$code" 0
has 'Ctrl-C, --resume' "$out" ', 3 more epochs'
run train net.yaml optimizer='adam(1e-3)' epochs=$epochs out=uncut -q
same 'Ctrl-C, --resume' uncut cut

# ---- keys that decide which weights are saved ----
run train net.yaml epochs=1 out=kept report=false -q
cp -r kept kept2
run train --resume kept epochs=2 keep=last report=false -q
has 'keep that differs' "$err" 'keep: now last; the checkpoint was written with nothing'
run train --resume kept epochs=3 report=false -q
lacks 'keep as before' "$err" 'keep: now'
run train --resume kept2 epochs=2 calibrate=true report=false -q
has 'calibrate that differs' "$err" 'calibrate: now true; the checkpoint was written with nothing'

# ---- what cannot be resumed changes nothing ----
# unchanged CODE WORDS ARGUMENTS
unchanged()
{
    wanted=$1
    words=$2
    shift 2
    cksum part/* > before
    run train "$@"
    is "$*" "$code" "$wanted"
    has "$*" "$err" "$words"
    has "$*" "$err" '^  hint: ..'
    is "$*: files" "$(cksum part/* | cmp - before)" ''
}
unchanged 3 'part/checkpoint.safetensors' --resume part epochs=9 model.2='dense(41)'
unchanged 3 'part/checkpoint.safetensors' --resume part epochs=9 optimizer='adadelta(0.1)'
unchanged 3 'start=part/checkpoint.safetensors' --resume part epochs=9 optimizer='adadelta(0.1)'
unchanged 2 'its own folder' --resume part epochs=9 out=elsewhere
unchanged 2 'too many arguments' net.yaml --resume part
unchanged 2 'unknown key' --resume part epoch=9
unchanged 2 'checkpoint cannot be' --resume part checkpoint=seldom
unchanged 5 'no nowhere/run.yaml' --resume nowhere
head -c 1000 part/checkpoint.safetensors > short
cp short part/checkpoint.safetensors
unchanged 3 'part/checkpoint.safetensors' --resume part epochs=9
run train net.yaml epochs=1 checkpoint=false out=none -q
is 'checkpoint=false' "$(ls none | tr '\n' ' ')" 'history.csv model.safetensors report.html run.yaml '
unchanged 5 'no none/checkpoint.safetensors' --resume none
run train net.yaml epochs=1 checkpoint=false out=part -q
is 'a folder with a run' "$code" 2
has 'a folder with a run' "$err" 'overwrite=true'
run train net.yaml epochs=1 checkpoint=false out=part overwrite=true -q
is 'a fresh run' "$(ls part | tr '\n' ' ')" 'history.csv model.safetensors report.html run.yaml '
finish
