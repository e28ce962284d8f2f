#!/bin/sh
# Ctrl-C: the first saves and ends with 130, the second leaves at once.
. tests/cli/common

# wait_for FILE: until it holds an epoch
wait_for()
{
    tries=0
    until [ -e "$1" ] && [ "$(wc -l < "$1")" -ge 2 ]; do
        tries=$((tries + 1))
        [ $tries -lt 600 ] || { fail "$1 never came"; return; }
        sleep 0.05
    done
}

for signal in INT TERM QUIT USR1 XCPU HUP; do
    "$plummet" train digits epochs=1000000 out=$signal threads=1 > "$out" 2> "$err" &
    pid=$!
    wait_for $signal/history.csv
    kill -$signal $pid
    wait $pid
    is "$signal" $? 130
    has "$signal" "$out" "$signal/model.safetensors"
    is "$signal: told once" "$(grep -c '^plummet: stopping\|stopping: the model is saved first' "$err")" 1
    run evaluate $signal digits
    is "$signal: the model" "$code" 0
    has "$signal: the model" "$out" '^accuracy'
done

# A hangup that is ignored, as under nohup, stops nothing.
(trap '' HUP; exec "$plummet" train digits epochs=30 out=nohup threads=1 -q) > "$out" 2> "$err" &
pid=$!
wait_for nohup/history.csv
kill -HUP $pid
wait $pid
is 'nohup' "$? $(wc -l < nohup/history.csv)" '0 31'

# Several nets: each stops, and the command says so once.
"$plummet" train digits epochs=1000000 nets=3 out=nets > "$out" 2> "$err" &
pid=$!
wait_for nets/history.csv
kill -INT $pid
wait $pid
is 'nets' $? 130
is 'nets: told once' "$(grep -c 'stopping: the model is saved first' "$err")" 1

# The second one ends it at once, within a batch that takes long, and nothing half done stays.
cat > slow.yaml <<'YAML'
data: digits | batch(2000)
model:
  - input(64)
  - dense(3000, activation=relu)
  - dense(3000, activation=relu)
  - dense(3000, activation=relu)
  - dense(3000, activation=relu)
  - dense(10, activation=softmax)
optimizer: sgd
epochs: 100
YAML
"$plummet" train slow.yaml out=slow threads=1 > "$out" 2> "$err" &
pid=$!
tries=0
until [ -e slow/.lock ]; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || { fail 'slow: no lock'; break; }
    sleep 0.05
done
sleep 0.3
kill -INT $pid
sleep 0.2
kill -INT $pid 2> /dev/null
wait $pid
is 'twice' $? 130
is 'twice: what it leaves' "$(find slow -type f ! -name .lock)" ''
run train slow.yaml out=slow data='digits | take(100)' epochs=1 -q
is 'twice: the folder is free' "$code" 0
is 'twice: files of the next run' "$(find slow -name '.lock' -o -name '*.part')" ''

# Twice while a run saves what it has: it goes on from its checkpoint, and no temporary file stays.
for pause in 0 0.001 0.003 0.01; do
    "$plummet" train digits epochs=1000000 out=two threads=1 overwrite=true -q > "$out" 2> "$err" &
    pid=$!
    wait_for two/history.csv
    kill -INT $pid
    sleep $pause
    kill -INT $pid 2> /dev/null
    wait $pid
    is "twice, after $pause s" $? 130
    epochs=$(($(wc -l < two/history.csv) + 1))
    run train --resume two epochs=$epochs -q
    is "twice, after $pause s: resumed" "$code" 0
    is "twice, after $pause s: temporary files" "$(find two -name '*.part')" ''
    rm -r two
done

# Before the fit there is nothing to save: reading waits on a pipe without a writer.
if mkfifo table.csv; then
    "$plummet" train digits data="csv('table.csv')" out=early > "$out" 2> "$err" &
    pid=$!
    sleep 0.5
    if kill -INT $pid 2> /dev/null; then
        wait $pid
        is 'before the fit' $? 130
    fi
    is 'before the fit: files' "$(ls -d early 2> /dev/null)" ''
fi
finish
