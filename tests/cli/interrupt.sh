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

for signal in INT TERM; do
    "$plummet" train digits epochs=1000000 out=$signal threads=1 > "$out" 2> "$err" &
    pid=$!
    wait_for $signal/history.csv
    kill -$signal $pid
    wait $pid
    is "$signal" $? 130
    has "$signal" "$out" "$signal/model.safetensors"
    run evaluate $signal digits
    is "$signal: the model" "$code" 0
    has "$signal: the model" "$out" '^accuracy'
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
