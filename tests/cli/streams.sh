#!/bin/sh
# Results on stdout, progress on stderr; JSON lines; no control characters in a pipe; a terminal is never overrun.
. tests/cli/common

controls() { tr -d '\n' < "$1" | LC_ALL=C tr -d '\40-\176' | wc -c | tr -d ' '; }

# The names of the figures of each line.
names() { awk '{ o = ""; for (i = 1; i <= NF; i++) if ($i ~ /^[a-z_]+$/ && $i != "s" && $i != "ms") o = o " " $i; print o }' "$1"; }

run train digits epochs=2 out=plain
is 'a pipe' "$code" 0
is 'progress: a line an epoch' "$(grep -c '^epoch [12]/2  loss [0-9.]* accuracy [0-9.]*  val_loss [0-9.]* val_accuracy [0-9.]*' "$err")" 2
is 'progress: nothing else' "$(wc -l < "$err" | tr -d ' ')" 2
has 'progress: the best epoch' "$err" ' \*  [0-9.]* m*s [0-9.]*[kM]*/s$'
# A file gets every figure in every line, the same columns in each, whatever the width.
COLUMNS=20 run train digits epochs=100 out=whole metrics='accuracy, sparse_top_k_categorical_accuracy(2)' data='digits | take(300) | shuffle'
is 'progress in a file: lines' "$(wc -l < "$err" | tr -d ' ')" 100
is 'progress in a file: the same columns in each line' "$(names "$err" | sort -u | wc -l | tr -d ' ')" 1
has 'progress in a file: every metric' "$err" ' sparse_top_k_categorical_accuracy [0-9.]*  val_loss [0-9.]* val_accuracy [0-9.]* val_sparse_top_k_categorical_accuracy [0-9.]* '
# The second epoch of two is validated; the columns stay.
run train digits epochs=2 validation_freq=2 out=freq
has 'an epoch without validation' "$err" '^epoch 1/2  loss [0-9.]* accuracy [0-9.]*  val_loss -  *val_accuracy - '
has 'an epoch with validation' "$err" '^epoch 2/2  loss [0-9.]* accuracy [0-9.]*  val_loss [0-9.]* val_accuracy [0-9.]* \*'
run train digits epochs=2 out=plain
is 'stderr: control characters' "$(controls "$err")" 0
is 'stdout: control characters' "$(controls "$out")" 0

# Two outputs: what is left out is what tells least.
cat > two.yaml <<'END'
data: digits | rescaling(1/16) | also_target(input) | shuffle | batch(32)
validation: split(0.2)
model:
  - input(64)
  - dense(16, activation=relu, name=body)
  - dense(10, activation=softmax, name=digit)
  - dense(64, name=picture) <- body
outputs: [digit, picture]
loss: [sparse_categorical_crossentropy, mse]
metrics: [digit=accuracy, picture=mae]
END
run train two.yaml epochs=1 out=two
has 'two outputs' "$err" '^epoch 1/1  loss [0-9.]*.*  val_loss [0-9.]* val_digit_loss [0-9.]* val_picture_loss [0-9.]* val_digit_accuracy [0-9.]*'

run train digits epochs=2 out=json --json
is '--json' "$code" 0
is '--json: lines' "$(wc -l < "$out" | tr -d ' ')" 3
is '--json: stderr' "$(cat "$err")" ''
has '--json' "$out" '^{"event":"epoch","epoch":1,"loss":[0-9.e-]*,"accuracy":[0-9.e-]*,"val_loss":[0-9.e-]*,"val_accuracy":[0-9.e-]*,"learning_rate":0.001,"gradient_norm":[0-9.]*,"samples_per_s":[0-9.e+]*}$'
has '--json' "$out" '^{"event":"done",.*"test_accuracy":[0-9.e-]*,.*"model":"json/model.safetensors"}$'
"$plummet" train digits epochs=1 out=full --json > /dev/full 2> "$err"
is '--json > /dev/full' $? 5
has '--json > /dev/full' "$err" 'standard output'
"$plummet" evaluate json digits --json >> "$out"
"$plummet" predict json 'digits | take(5)' --format jsonl >> "$out"
if command -v python3 > /dev/null; then
    python3 -c 'import json, sys
for line in open(sys.argv[1]): json.loads(line, parse_constant=lambda x: sys.exit("not JSON: " + x))' "$out"
    is 'JSON' $? 0
else
    echo 'JSON: not parsed, no python3'
fi

# ---- a terminal, by script(1) ----
if command -v script > /dev/null && script -qec true /dev/null > /dev/null 2>&1 < /dev/null; then
    # Lines that were redrawn end with a carriage return: each is taken by itself.
    esc=$(printf '\033')
    wide() { grep '[0-9]/8' seen | sed "s/$esc\\[[0-9;]*[mK]//g" | awk -v w="$1" 'length >= w'; }
    drawn() # COLUMNS ENVIRONMENT ARGUMENTS: what a terminal of so many columns gets
    {
        columns=$1
        shift
        TERM=xterm script -qec "stty cols $columns rows 24 2> /dev/null; env ${1-} '$plummet' train digits out=tty overwrite=true ${2-epochs=8}" \
            /dev/null < /dev/null |
            tr '\r' '\n' > seen
    }
    for columns in 80 40 20; do
        drawn $columns
        is "$columns columns: overrun" "$(wide $columns)" ''
        has "$columns columns" seen '8/8'
    done
    for columns in 120 80 60 40; do # the star's place is kept: a line with one has the columns of one without
        drawn $columns '' "data='digits | take(300) | shuffle' epochs=100"
        grep '/100.*loss' seen | grep -v ETA | sed "s/$esc\\[[0-9;]*[mK]//g" > lines
        is "$columns columns: the same in each line" "$(names lines | sort | uniq -c | awk '{ print $1 }')" 100
    done
    drawn 80
    has 'colour' seen "$esc\\[1m"
    drawn 80 NO_COLOR=1
    lacks 'NO_COLOR' seen "$esc\\[[0-9;]*m"
    drawn 80 TERM=dumb
    lacks 'TERM=dumb' seen "$esc"
    drawn 80 TERM=
    lacks 'TERM is empty' seen "$esc"
    drawn 200 COLUMNS=30
    is 'COLUMNS' "$(wide 30)" ''
else
    echo 'terminal: not tried, no script(1)'
fi
# Standard streams that are closed: files that are opened do not take their numbers.
for closed in '<&-' '2>&-' '<&- 2>&-'; do
    rm -rf closed
    eval "\"\$plummet\" train digits epochs=1 out=closed -q $closed" > "$out"
    is "train $closed" $? 0
    has "results, $closed" "$out" 'model  *closed/model.safetensors'
    run summary closed/model.safetensors
    is "the model, $closed" $code 0
done
run predict closed digits -o told.csv
"$plummet" predict closed digits -o closed.csv <&- >&-
cmp told.csv closed.csv || fail 'predictions with closed streams differ'
"$plummet" predict closed digits >&- 2> "$err"
is 'results into a closed stream' $? 5
has 'results into a closed stream' "$err" 'could not be written'

# A run that ends within its first epoch has no rows in its history.
run train digits -q epochs=9 steps_per_epoch=10000000 time=0.2s out=short
is 'a short run' $code 0
has 'a short run' "$out" 'by time in epoch 1$'
[ -s short/report.html ] || fail 'a short run has no report'
run runs ls .
has 'runs ls knows the short run' "$out" '^short  *stopped'
lacks 'runs ls knows the short run' "$out" unreadable

finish
