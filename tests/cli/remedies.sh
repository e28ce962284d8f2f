#!/bin/sh
# A reader who knows only what is printed: the first help line of plummet doctor is added to the command until nothing above a
# note is left, at most three times. The net must then have learned.
. tests/cli/common
command -v python3 > /dev/null || { echo 'no python3'; exit 77; }
run train digits epochs=0 -q out=none
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files

# mended NAME LEAST METRIC SETTING...: follows the help lines of NAME.yaml; the validation metric must be LEAST before and after
mended()
{
    name=$1 least=$2 metric=$3
    shift 3
    run train "$name.yaml" "$@" metrics="$metric" -q out=before overwrite=true report=false
    before=$(sed -n "s/^validation $metric *//p" "$out")
    for _ in 1 2 3; do
        run doctor "$name.yaml" "$@"
        grep -q '^error\|^warning' "$out" || break
        help=$(sed -n '/^error\|^warning/,$ { /^help: /{ s/^help: //; p; q; }; }' "$out")
        case $help in
        [a-z]*=*) ;;
        *) fail "$name: not a line to paste: $help"; return ;;
        esac
        set -- "$@" "$(echo "$help" | sed "s/='\(.*\)'\$/=\1/")"
    done
    run doctor "$name.yaml" "$@"
    lacks "$name: what is left" "$out" '^error\|^warning'
    run train "$name.yaml" "$@" metrics="$metric" -q out=after overwrite=true report=false
    is "$name: $*" "$code" 0
    after=$(sed -n "s/^validation $metric *//p" "$out")
    is "$name: $metric ${before:-none} became $after, at least $least" \
        "$(awk "BEGIN { print (${before:--9} < $least && ${after:--9} >= $least) }")" 1
}

# ten classes, a net that is well but for one fault
net()
{
    cat > "$1.yaml" <<YAML
data: $2
validation: split(0.2, shuffle=true)
model:
  - rescaling(1/16)
$3
  - dense(10, activation=softmax)
optimizer: $4
epochs: 15
YAML
}

net penalty 'digits | shuffle | batch(32)' '  - dense(64, activation=relu, kernel_regularizer=l2(1.0))' adam
net schedule 'digits | shuffle | batch(32)' '  - dense(64, activation=relu)' \
    'sgd(exponential_decay(0.1, decay_steps=5, decay_rate=0.5))'
net batch 'digits | shuffle | batch(1)' '  - dense(64)
  - batch_normalization
  - relu' 'sgd(0.01)'
net clipped 'digits | shuffle | batch(32)' \
    '  - 4 * dense(40, activation=tanh, kernel_initializer=random_normal(stddev=3))' 'sgd(0.05, clipnorm=1e-4)'
awk 'BEGIN { srand(3); print "a,b,y"; for (i = 0; i < 600; i++) { a = rand(); b = rand()
    printf "%.4f,%.4f,%.3f\n", a, b, 8 * a * b + 3 * a } }' > bounded.csv
cat > bounded.yaml <<'YAML'
data: csv('bounded.csv', target=y) | shuffle | batch(32)
validation: split(0.2, shuffle=true)
model:
  - normalization
  - dense(32, activation=relu)
  - dense(1, activation=sigmoid)
optimizer: adam(1e-2)
loss: mse
epochs: 40
YAML
mended penalty 0.9 accuracy
mended schedule 0.9 accuracy
mended batch 0.85 accuracy
mended clipped 0.9 accuracy
mended bounded 0.9 r2_score
finish
