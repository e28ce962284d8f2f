#!/bin/sh
# lr-find: the rate it recommends is a good one, measured; its chart, picture and JSON; its trials; its limits.
. tests/cli/common
export LC_ALL=C

# value FIELD: a number of the JSON line in $out
value() { sed -n "s/.*\"$1\":\\([0-9.e+-]*\\).*/\\1/p" "$out"; }

# between WHAT FIELD LOW HIGH
between()
{
    found=$(value "$2")
    checks=$((checks + 1))
    awk -v v="$found" -v a="$3" -v b="$4" 'BEGIN { exit !(v != "" && v >= a && v <= b) }' || fail "$1: $2 is '$found'"
}

# ---- what it prints ----
run lr-find digits -o curve.svg
is lr-find "$code" 0
is 'lr-find: files' "$(find . -type f ! -name .out ! -name .err)" ./curve.svg
is 'lr-find: stderr' "$(cat "$err")" ''
is 'lr-find: wide lines' "$(awk 'length > 80' "$out")" ''
is 'lr-find: plain letters' "$(tr -d '\n' < "$out" | LC_ALL=C tr -d '\40-\176' | wc -c | tr -d ' ')" 0
for words in '^ *Learning-rate range test of digits$' '^loss$' '^ *learning rate$' '1e-5 .*0.001 ' \
    '^Recommended learning rate: 0\.00[0-9]*$' '^Rule midway' '^Other rules: steepest 0' 'the range test ended' \
    'plummet lr-find digits --try$'; do
    has lr-find "$out" "$words"
done
is 'one recommendation' "$(grep -c '^Recommended' "$out")" 1
for words in '^<svg ' '>learning rate</text>' '>loss</text>' 'Learning-rate range test of digits' \
    '>recommended: 0\.00' '^</svg>$'; do
    has 'the picture' curve.svg "$words"
done
if command -v xmllint > /dev/null; then
    xmllint --noout curve.svg 2> "$err" || fail "the picture is no XML: $(cat "$err")"
fi
LC_ALL=C.UTF-8 "$plummet" lr-find digits > "$out" 2> "$err"
has 'braille' "$out" "$(printf '\342\240')" # the first bytes of U+2800 to U+28FF
cp curve.svg first
run lr-find digits -o curve.svg threads=1
cmp -s curve.svg first || fail 'another curve on one thread'
COLUMNS=40 "$plummet" lr-find digits --try > "$out" 2> "$err"
is '40 columns: wide lines' "$(awk 'length > 40' "$out")" ''
has '40 columns' "$out" '^rate  *val_loss$'

# ---- good rates, measured with bench/lr_find/score.py ----
run lr-find digits --json
between 'digits adam' suggestion 4e-4 1.3e-2
is 'by' "$(sed -n 's/.*"by":"\([a-z]*\)".*/\1/p' "$out")" midway
is 'an array a rate' "$(sed 's/.*"rate":\[\([^]]*\)\].*/\1/' "$out" | tr ',' '\n' | wc -l | tr -d ' ')" "$(value steps)"
run lr-find digits optimizer=sgd --json
between 'digits sgd' suggestion 4e-2 4.7e-1
run lr-find digits optimizer='sgd(momentum=0.9)' --json
between 'digits momentum' suggestion 3e-3 8e-2

# ---- two tables, on which good rates are measured here: at a third and at three times the rate the
# net learns not much better, and at a hundredth of it clearly worse ----
table()
{
    awk -v kind="$1" 'function draw() { state = (state * 4096 + 150889) % 714025; return state / 714025 * 2 - 1 }
        BEGIN {
            state = 7; print "a,b,c,d,y"
            for (i = 0; i < 2000; i++) {
                a = draw(); b = draw(); c = draw(); d = draw()
                y = kind == "ring" ? (a * a + b * b + 0.3 * c < 0.6) : 3 * a - 2 * b * c + d * d + 0.2 * draw()
                print a "," b "," c "," d "," y
            }
        }' > "$1.csv"
}

# trained RUN OPTIMIZER: the lowest validation loss of a training
trained()
{
    "$plummet" train "$1" optimizer="$2" epochs=8 out=trained checkpoint=false --json -q 2> "$err" |
        sed -n 's/.*"event":"epoch".*"val_loss":\([0-9.e+-]*\).*/\1/p' | sort -g | head -n 1
    rm -rf trained
}

# good RUN OPTIMIZER: % stands for the rate, which is in $rate
good()
{
    here=$(trained "$1" "$(echo "$2" | sed "s/%/$rate/")")
    for times in 0.01 0.33 3; do
        there=$(trained "$1" "$(echo "$2" | sed "s/%/$(awk -v r="$rate" -v t=$times 'BEGIN { print r * t }')/")")
        checks=$((checks + 1))
        awk -v a="$here" -v b="$there" -v t=$times 'BEGIN { exit !(a != "" && (b == "" || (t < 0.1 ? b > 1.5 * a : a < 1.1 * b + 0.03))) }' ||
            fail "$1, $2: loss $here at $rate, $there at $times times that"
    done
}

table ring
table hills
cat > ring.yaml <<'END'
data: csv('ring.csv', target=y) | shuffle | batch(16)
validation: split(0.25, shuffle=true)
model:
  - dense(32, activation=relu, kernel_initializer=he_normal)
  - dense(32, activation=relu, kernel_initializer=he_normal)
  - dense(1, activation=sigmoid)
loss: binary_crossentropy
END
sed 's/ring/hills/; s/, activation=sigmoid//; s/binary_crossentropy/mse/' ring.yaml > hills.yaml
for pair in 'ring adam(%)' 'ring sgd(%)' 'hills rmsprop(%)' 'hills sgd(%)'; do
    net=${pair%% *}.yaml optimizer=${pair#* }
    run lr-find "$net" optimizer="$(echo "$optimizer" | sed s/%/0.1/)" --json
    is "$pair" "$code" 0
    rate=$(value suggestion)
    good "$net" "$optimizer"
done
run lr-find ring.yaml optimizer='sgd(0.1)' --try --json
rate=$(value suggestion)
good ring.yaml 'sgd(%)'

# ---- trials ----
run lr-find digits --try
is 'try' "$code" 0
has 'try' "$out" '^rate  *val_loss  *val_accuracy$'
has 'try' "$out" 'lowest$'
has 'try' "$out" '^It has the lowest validation loss after 300 steps from the same initial net\.$'
lacks 'try: no invitation to try' "$out" 'plummet lr-find digits --try'
is 'try: stderr' "$(cat "$err")" ''
is 'try: files' "$(find . -name runs)" ''
run lr-find digits --try --json
between 'try: digits adam' suggestion 4e-4 1.3e-2
is 'try: by' "$(sed -n 's/.*"by":"\([a-z]*\)".*/\1/p' "$out")" try
is 'try: trials' "$(sed 's/.*"try_rate":\[\([^]]*\)\].*/\1/' "$out" | tr ',' '\n' | wc -l | tr -d ' ')" \
    "$(sed 's/.*"try_val_loss":\[\([^]]*\)\].*/\1/' "$out" | tr ',' '\n' | wc -l | tr -d ' ')"
cp "$out" first
run lr-find digits --try --json threads=1
cmp -s "$out" first || fail 'try: not the same on one thread'
run lr-find digits --try --json seed=1
cmp -s "$out" first && fail 'try: the seed does not matter'
run lr-find digits optimizer=sgd --try --json
between 'try: digits sgd' suggestion 4e-2 4.7e-1
# It begins where the range test cannot help, and climbs.
run lr-find digits --from 1e-9 --to 1e-8 --try --json
has 'too low' "$out" '"midway":null'
between 'try: from nothing' suggestion 4e-4 1.3e-2
# A schedule keeps its shape: a warm-up that is longer than the trial reaches the rate at its end.
run lr-find digits optimizer='sgd(one_cycle(0.4, steps=810))' --try --json
between 'try: 1cycle' suggestion 0.1 1
# Parts of the run are parts of a trial.
run lr-find digits optimizer='sgd(one_cycle(0.4, steps=60))' --try --try-steps 60 --json
cp "$out" first
run lr-find digits optimizer='sgd(one_cycle(0.4, steps=all))' --try --try-steps 60 --json
cmp -s "$out" first || fail 'try: all of the steps of a trial are not its steps'
run lr-find digits optimizer='adam(cosine_decay(1e-3, 100))' --try --json
is 'try: a schedule that ends' "$code" 0
# Without validation rows the training loss judges; metrics are those of the run.
run lr-find digits validation=none --try --json
has 'no validation' "$out" '"try_loss":\['
lacks 'no validation' "$out" 'try_val'
run lr-find digits validation=none --try
has 'no validation' "$out" 'lowest training loss'
run lr-find digits epochs=1 --try --json
is 'a trial is not longer than the run' "$(value try_steps)" 81
run lr-find digits --try --try-steps 20 --json
is 'steps of a trial' "$(value try_steps)" 20
run lr-find digits optimizer='sgd(0.1, clipvalue=1)' 'class_weight=[1,1,1,1,1,1,1,1,1,1]' --try -q
is 'class weights' "$code" 0

# ---- plain descent on squares: y = w x without noise is stable below a rate that can be told beforehand ----
# Loss w^2 mean(x^2), its slope 2 w mean(x^2) = 2 w here: a step multiplies w by 1 - 2 rate. It falls fastest at rate
# 0.5 and grows from 1 on.
{ echo x,y; i=0; while [ $i -lt 32 ]; do echo 1,0; echo -1,0; i=$((i + 1)); done; } > square.csv
cat > square.yaml <<'END'
data: csv('square.csv') | batch(64)
model: [dense(1, use_bias=false, kernel_initializer=ones)]
optimizer: sgd
loss: mse
END
run lr-find square.yaml --from 1e-4 --to 100 --steps 200 --json
is square "$code" 0
has square "$out" '"end":"blown up"'
between square lowest 0.3 1.5
between square suggestion 0.02 0.5
run lr-find square.yaml --try --json
between 'square: try' suggestion 0.1 0.5

# ---- edges ----
# A loss that begins above 4 times its minimum is not cut.
run lr-find digits --steps 300 --json
first=$(sed -n 's/.*"loss":\[\([0-9.]*\).*/\1/p' "$out")
is 'the first loss of ten classes, about log 10' "$(awk -v v="$first" 'BEGIN { print (v > 2 && v < 3) }')" 1
# Fewer rows than steps; one batch; one row.
{ echo x,y; for x in 1 2 3 4 5; do echo $x,$((2 * x)); done; } > few.csv
sed "s/square.csv') | batch(64)/few.csv') | batch(2)/" square.yaml > few.yaml
run lr-find few.yaml --json
is 'few rows' "$code" 0
between 'few rows' suggestion 1e-4 0.5
run lr-find few.yaml data="csv('few.csv') | take(1)" --try --json
is 'one row' "$code" 0
# A loss that never falls: the answer cannot be had, or is there already.
{ echo x,y; for x in 1 2 3 4; do echo 0,$x; done; } > zeros.csv
run lr-find few.yaml data="csv('zeros.csv') | batch(4)"
is 'never falls' "$code" 0
has 'never falls' "$out" '^Recommended learning rate: none$'
has 'never falls' "$out" 'hardly fell'
run lr-find few.yaml data="csv('zeros.csv') | batch(4)" --json
has 'never falls' "$out" '"suggestion":null'
run lr-find few.yaml data="csv('square.csv') | batch(4)" model='[dense(1, kernel_initializer=zeros)]'
is 'nothing to learn' "$code" 0
has 'nothing to learn' "$out" '^Recommended learning rate: none$'
# Diverges at once, in the test and in every trial.
run lr-find digits optimizer=sgd --from 1e20 --to 1e30
is 'too high' "$code" 4
has 'too high' "$err" 'begin with a lower rate'
{ echo x,y; echo 1e30,1e30; echo 1e30,-1e30; } > huge.csv
run lr-find few.yaml data="csv('huge.csv') | batch(2)"
is 'not finite from the first batch' "$code" 4
run lr-find digits --from 1e-9 --to 1e-8 --quiet
is 'too low' "$code" 0
has 'too low' "$out" 'hardly fell'
run lr-find digits --from 1 --to 1
is 'no range' "$code" 2
for words in '--steps 0' '--steps 2' '--steps -1' '--steps many' '--try --try-steps 0' '--try-steps 50' '--from 0' '--to nan'; do
    # shellcheck disable=SC2086 # words
    run lr-find digits $words
    is "$words" "$code" 2
done
run lr-find digits -o curve.gif
is 'no picture' "$code" 2
run lr-find digits -o nowhere/curve.svg
is 'no folder' "$code" 5
run lr-find digits 'class_weight=[1, 5]'
is 'class weights' "$code" 2
has 'class weights' "$err" 'class'
run lr-find digits observers=nonsense epoch=3
is 'unknown key' "$code" 2

# ---- Ctrl-C ends it and leaves nothing ----
mkdir stopped && cd stopped || exit 1
"$plummet" lr-find digits --try --try-steps 1000000 --json -o curve.svg > "$out" 2> "$err" &
pid=$!
works $pid
kill -INT $pid
wait $pid
is 'Ctrl-C' $? 130
is 'Ctrl-C: files' "$(ls)" ''
is 'Ctrl-C: stdout' "$(cat "$out")" ''
has 'Ctrl-C' "$err" 'nothing was written'
cd .. || exit 1

# ---- a terminal: which training runs, and its batches; the first of each is always drawn ----
if command -v script > /dev/null && script -qec true /dev/null > /dev/null 2>&1 < /dev/null; then
    TERM=xterm script -qec "stty cols 79 rows 24 2> /dev/null; env NO_COLOR=1 '$plummet' lr-find digits --try --try-steps 20 --steps 40" \
        /dev/null < /dev/null | tr '\r' '\n' > seen
    has 'progress: the range test' seen 'range test 1/1 \[>         \]  1/40 '
    for trial in 1 2 3 4 5; do
        has "progress: trial $trial" seen "trial $trial/5 \[>         \]  1/20 "
    done
    lacks 'progress: epochs' seen 'epoch'
    TERM=xterm script -qec "'$plummet' lr-find digits --try --try-steps 20 --steps 40 -q" /dev/null < /dev/null > seen
    lacks 'progress: quiet' seen 'range test 1/1\|trial 1/5'
else
    echo 'terminal: not tried, no script(1)'
fi
finish
