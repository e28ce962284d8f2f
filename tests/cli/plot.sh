#!/bin/sh
# plot: pictures appear and are whole, the terminal's width is kept, no control characters in a pipe, and the figures
# show what the papers say: he_normal keeps relu, widths that ignore the fan explode or vanish.
. tests/cli/common

controls() { tr -d '\n' < "$1" | LC_ALL=C tr -d '\40-\176\200-\377' | wc -c | tr -d ' '; }
esc=$(printf '\033')

# sound WHAT FILE: an SVG picture that is well-formed
sound()
{
    has "$1" "$2" '^<svg .*viewBox='
    is "$1: end" "$(tail -n 1 "$2")" '</svg>'
    lacks "$1: numbers" "$2" '"[^"]*\(nan\|inf\)'
    if command -v xmllint > /dev/null; then
        xmllint --noout "$2" || fail "$1: not well-formed"
    fi
}

# ---- activations ----
LC_ALL=C run plot activation elu selu leaky_relu
is activation "$code" 0
is 'activation: wide lines' "$(awk 'length > 80' "$out")" ''
is 'activation: only ASCII' "$(tr -d '\n' < "$out" | LC_ALL=C tr -d '\40-\176' | wc -c | tr -d ' ')" 0
has 'activation: title' "$out" "Derivative f'(x)"
is 'activation: legends' "$(grep -c '\* elu(alpha=1)  + selu  o leaky_relu(negative_slope=0.2)$' "$out")" 2
# Lines on one another: both letters are seen, in turns, and the legend says so. A crossing is not such a place.
LC_ALL=C run plot activation relu linear
has 'lines on one another' "$out" '\*+\*\|+\*+'
has 'lines on one another' "$out" '^  Where lines overlap, their letters alternate\.$'
for name in C.UTF-8 C.utf8 C.utf-8 C.UTF8; do
    LC_ALL=$name run plot activation relu
    is "$name: braille" "$(grep -c "$(printf '\342\241')" "$out" | awk '{ print ($1 > 0) }')" 1
done
LC_ALL='' LC_CTYPE=C LANG=C.UTF-8 run plot activation relu
is 'LC_CTYPE comes before LANG' "$(LC_ALL=C tr -d '\n\40-\176' < "$out" | wc -c | tr -d ' ')" 0
LC_ALL='' LC_CTYPE='' LANG=C.UTF-8 run plot activation relu
is 'an empty LC_ALL does not count' "$(grep -c "$(printf '\342\241')" "$out" | awk '{ print ($1 > 0) }')" 1
LC_ALL=C run plot activation relu
lacks 'a line alone' "$out" 'take turns'
LC_ALL=C.UTF-8 run plot activation relu
is 'activation, UTF-8' "$code $(controls "$out")" '0 0'
COLUMNS=50 LC_ALL=C run plot activation tanh
is 'activation, 50 columns' "$code $(awk 'length > 50' "$out")" '0 '
run plot activation tanh 'elu(alpha=0.5)' --from -3 --to 3 -o curves.svg
is 'activation -o' "$code $(cat "$out" "$err")" '0 '
sound 'activation -o' curves.svg
has 'activation -o: legend' curves.svg '>elu(alpha=0.5)<'
has 'activation -o: limits' curves.svg 'stroke-dasharray="2 4"'
is 'activation -o: titles' "$(grep -c 'font-weight="bold"' curves.svg)" 2
run plot activation
is 'activation, the usual ones' "$code" 0

# ---- samples, of data and of a run's data ----
LC_ALL=C run plot samples 'digits | batch(32)' --count 2
is 'samples' "$code $(grep -c '^class 0  *class 1$' "$out")" '0 1'
run train digits epochs=1 out=sampled -q data='digits | take(20) | batch(4)' validation=none test=none
LC_ALL=C run plot samples 'digits | take(20)' --count 7
sed 1d "$out" > wanted
LC_ALL=C run plot samples sampled --count 7
is 'samples of a run' "$code $(head -n 1 "$out")" '0 sampled'
is 'samples of a run: as of its data' "$(sed 1d "$out" | cksum)" "$(cksum < wanted)"
run plot samples runs/gone-0001
is 'samples of no run' "$code" 5
has 'samples of no run' "$err" 'there is no run in this folder'
printf 'a,b\n1,2\n3,4\n' > ab.csv
run plot samples "csv('ab.csv', target=b)"
has 'samples of a table' "$err" 'the rows of the data are not pictures'

# ---- initializers: outputs_50 and gradients_50 of the only pair ----
figure() { sed -n "s/.*\"$1\":\([^,}]*\).*/\1/p" "$out"; }
# within LEAST MOST FIGURE
within()
{
    checks=$((checks + 1))
    awk -v low="$1" -v high="$2" -v is="$3" 'BEGIN { exit !(is != "" && is >= low && is <= high) }' ||
        fail "$what: $3 is not within $1 and $2"
}
pair() # ACTIVATION INITIALIZER
{
    what="$2 with $1"
    run plot init --activation "$1" --initializer "$2" --depth 50 --json
    is "$what" "$code" 0
}
pair relu he_normal
within 0.1 10 "$(figure outputs_50)"
within 0.1 10 "$(figure gradients_50)"
has "$what" "$out" '"verdict":"keeps"'
pair tanh he_normal
has "$what" "$out" '"verdict":"drifts"'
pair relu 'random_normal(stddev=1)'
within 1e50 1e300 "$(figure outputs_50)"
within 1e50 1e300 "$(figure gradients_50)"
has "$what" "$out" '"verdict":"explodes"'
pair sigmoid 'random_normal(stddev=0.05)'
within 0 1e-20 "$(figure gradients_50)"
has "$what" "$out" '"verdict":"vanishes"'
pair tanh glorot_uniform
within 1e-3 1 "$(figure outputs_50)"
within 1e-3 1 "$(figure gradients_50)"
pair selu lecun_normal
within 0.5 2 "$(figure outputs_50)"
within 0.5 1000 "$(figure gradients_50)"
pair relu glorot_normal
within 0 1e-10 "$(figure gradients_50)"

# ---- a linear layer has a known figure: width x stddev^2 a layer, forward and back ----
what='a linear net'
run plot init --activation linear --initializer 'random_normal(stddev=1)' --depth 1,3 --width 64 --nets 9 --json
is "$what" "$code" 0
within 58 70 "$(figure outputs_1)"
within 58 70 "$(figure gradients_1)"
within 2e5 3.4e5 "$(figure outputs_3)"
within 2e5 3.4e5 "$(figure gradients_3)"

# ---- the table and its picture ----
run plot init --activation tanh,relu --depth 2,10 --nets 1 --table -o init.svg
is init "$code $(cat "$err")" '0 '
cp "$out" first
is 'init: wide lines' "$(awk 'length > 80' "$out")" ''
is 'init: only ASCII' "$(tr -d '\n' < "$out" | LC_ALL=C tr -d '\40-\176' | wc -c | tr -d ' ')" 0
has 'init: verdict' "$out" '^he_normal  .* keeps$'
sound 'init -o' init.svg
is 'init -o: cells' "$(grep -c '>keeps<\|>drifts<\|>vanishes<\|>explodes<' init.svg)" 14
run plot init --activation tanh,relu --depth 2,10 --nets 1 --table
cmp -s "$out" first || fail 'init: not the same figures again'
run plot init --activation relu --depth 2 --nets 1 --seed 2 --initializer he_normal --table
cmp -s "$out" first && fail 'init --seed: the same figures'
run plot init --activation exponential --initializer 'random_normal(stddev=5)' --depth 10 --nets 1 --table
is 'not finite' "$code" 0
has 'not finite' "$out" ' inf '
lacks 'not finite' "$out" nan

# ---- the heat map, lines over the layers, widths that take turns ----
run plot init --depth 10 --nets 1
is 'heat' "$code $(awk 'length > 80' "$out")" '0 '
has 'heat: title' "$out" '^Variance of the gradients after 10 layers of 100 units$'
is 'heat: cells' "$(grep -o 'keeps\|drifts\|vanishes\|explodes' "$out" | grep -c .)" 49
is 'heat: partners' "$(grep -o '\[[0-9.e-]*\]' "$out" | grep -c .)" 7
COLUMNS=40 run plot init --depth 10 --nets 1 --activation tanh,relu,selu,leaky_relu
is 'heat, 40 columns' "$code $(awk 'length > 40' "$out" | grep -v ^Variance)" '0 '
run plot init --depth 10 --nets 1 -o heat.svg --dark
sound 'heat -o' heat.svg
has 'heat --dark' heat.svg '#16181d'
run plot init --depth 10 --nets 1 --activation relu
has 'lines' "$out" 'relu: variance of gradients, going back'
has 'lines: partner' "$out" ' he_normal (partner)$\| he_normal (partner)  '
has 'lines: band' "$out" 'healthy: within a factor of 10'
run plot init --depth 10 --nets 1 --activation relu -o lines.svg
sound 'lines -o' lines.svg
is 'lines -o: one legend' "$(grep -c '>he_normal (partner)<' lines.svg)" 1
is 'lines -o: the partner is thick' "$(grep -c 'stroke-width="4.0"' lines.svg | awk '{ print ($1 >= 2) }')" 1
# Glorot's compromise: between 300 inputs and 100 units, fan_in keeps the outputs, fan_out the gradients, fan_avg neither.
for mode in fan_in fan_out fan_avg; do
    what="300,100 $mode"
    run plot init --width 300,100 --depth 1 --activation linear --initializer "variance_scaling(1, $mode)" --json
    case $mode in
    fan_in) within 0.9 1.1 "$(figure outputs_1)" && within 0.3 0.37 "$(figure gradients_1)" ;;
    fan_out) within 2.7 3.3 "$(figure outputs_1)" && within 0.9 1.1 "$(figure gradients_1)" ;;
    fan_avg) within 1.35 1.65 "$(figure outputs_1)" && within 0.45 0.55 "$(figure gradients_1)" ;;
    esac
done
# The same in a net that narrows: only Glorot's mean stays within a factor of 10 both ways.
for mode in fan_in fan_out fan_avg; do
    what="512 to 16, $mode"
    run plot init --width 512,256,128,64,32,16 --depth 5 --activation linear --initializer "variance_scaling(1, $mode)" --json
    case $mode in
    fan_in) within 0.7 1.4 "$(figure outputs_5)" && within 0.02 0.05 "$(figure gradients_5)" ;;
    fan_out) within 22 45 "$(figure outputs_5)" && within 0.7 1.4 "$(figure gradients_5)" ;;
    fan_avg) within 3 6 "$(figure outputs_5)" && within 0.1 0.2 "$(figure gradients_5)" ;;
    esac
done
run plot init --width 300,1
is 'width 1' "$code" 2

# ---- weights, schedules, measures, runs ----
run plot initializer glorot_uniform --fan 300,100
has 'initializer' "$out" 'glorot_uniform: deviation 0.070[789], from -0.122 to 0.122'
run plot initializer --fan 300
is 'fan' "$code" 2
run plot initializer glorot_normal he_normal -o weights.svg
sound 'initializer -o' weights.svg
run plot schedule 'exponential_decay(0.01, 10, 0.5)' 0.004 --epochs 3 --steps 10 -o rates.svg
is 'schedule' "$code $(cat "$err")" '0 '
sound 'schedule -o' rates.svg
# Lengths that are parts of the run: every schedule of the guide's page is drawn.
sed -n '/^## The remedy/,/^## The line/s/^| `\([^`]*\)`.*/\1/p' "$root/docs/guide/schedules.md" > specs
is 'schedules of the guide' "$(wc -l < specs | awk '{ print ($1 >= 12) }')" 1
while read -r spec; do
    run plot schedule "$spec" --epochs 2 --steps 10 < /dev/null
    is "schedule $spec" "$code $(cat "$err")" '0 '
done < specs
run plot schedule 'cosine_decay(0.01, all)' 'one_cycle_cosine(0.01)' 'warmup(0.1, 0.01)' 'cyclical(0.001, 0.01, 0.1)' \
    --epochs 2 --steps 10
is 'schedules in parts of the run' "$code $(cat "$err")" '0 '
run plot schedule 'per_epoch("0.1 * loss")'
is 'schedule: what only a training knows' "$code" 2
run plot schedule --epochs 100000
is 'schedule: epochs' "$code" 2
run plot activation relu elu --measure
is 'measure' "$(sed -n 's/^relu  *\([0-9.]*\)  *\([0-9.]*\)  *\([0-9.%]*\) .*/\1 \2 \3/p' "$out")" '0.399 0.584 49.9%'
is 'measure: wide lines' "$(awk 'length > 80' "$out")" ''
has 'measure: what is flat' "$out" 'slope is below 0.01'
run plot activation --help
has 'measure: the same in the help' "$out" 'slope is below 0.01'
run plot activation relu elu --measure -o measured.svg
is 'measure -o' "$code $(grep -c '^relu ' "$out")" '0 1'
sound 'measure -o' measured.svg
run train digits -q epochs=3 out=one
run train digits -q epochs=2 out=two 'optimizer=sgd(0.1)'
run plot history one
has 'history' "$out" 'best: epoch 3'
run plot history one two -o history.svg
sound 'history -o' history.svg
is 'history -o: both runs' "$(grep -c '>one<\|>two<' history.svg)" 6
run plot one two -o alone.svg
is 'folders of runs alone' "$code" 0
cmp history.svg alone.svg || fail 'folders of runs alone: another picture'
run plot nowhere
is 'no plot and no run' "$code" 2
is 'history: a constant rate has no chart' "$(grep -c learning_rate history.svg)" 0
for rate in 'piecewise_constant_decay([0.5], [0.1, 0.2])' 'piecewise_constant_decay([0.5], [0.2, 0.1])'; do
    run train digits -q epochs=2 out=rate "optimizer=sgd($rate)"
    run plot history rate -o rate.svg
    has 'history: a rate that changes has one' rate.svg '>learning_rate<'
    rm -r rate
done
: > two/history.csv
run plot history two
is 'an empty history' "$code" 3
has 'an empty history' "$err" 'has not finished an epoch yet'
printf '\0\n' > two/history.csv
run plot history two
has 'a damaged history' "$err" 'line 1 is not a row of numbers'
run plot history
is 'history of nothing' "$code" 2
run plot history nowhere
is 'history of no run' "$code" 5

run plot samples digits --count 3
is 'samples' "$code $(head -n 2 "$out" | tr -s ' ' | tr '\n' '|')" '0 digits|class 0 class 1 class 2|'
is 'samples: lines' "$(wc -l < "$out" | tr -d ' ')" 6
run plot samples digits -o samples.svg
sound 'samples -o' samples.svg
is 'samples -o: ten' "$(grep -c '>class [0-9]<' samples.svg)" 10
printf 'a,b\n1,2\n' > ab.csv
run plot samples "csv('ab.csv', target=b)"
is 'samples: no pictures' "$code" 2
run plot samples nothing
is 'samples: no data' "$code" 2

# ---- colour on a terminal only ----
if command -v script > /dev/null && script -qec true /dev/null > /dev/null 2>&1 < /dev/null; then
    TERM=xterm script -qec "'$plummet' plot init --activation relu --depth 2 --nets 1 --table" /dev/null < /dev/null > seen
    has 'colour' seen "$esc\\[3"
    TERM=xterm script -qec "env NO_COLOR=1 '$plummet' plot init --activation relu --depth 2 --nets 1 --table" /dev/null \
        < /dev/null > seen
    lacks 'NO_COLOR' seen "$esc\\[3"
else
    echo 'terminal: not tried, no script(1)'
fi

# ---- what describe tells of each: formula, partner, paper; of activations also what relu lacks and the price ----
for family in activation initializer; do
    for kind in $("$plummet" describe "$family" | cut -d' ' -f1); do
        run describe "$family" "$kind"
        tr '\n' ' ' < "$out" | tr -s ' ' > flat
        is "describe $family $kind: formula" "$(sed -n '4s/^  [^ ].*/formula/p' "$out")" formula
        has "describe $family $kind" "$out" '^source:'
        if [ $family = initializer ]; then
            has "describe $family $kind" flat ' Use with: '
        else
            has "describe $family $kind" flat ' Cost: '
            has "describe $family $kind" flat ' Initializer: '
            [ "$kind" = relu ] || has "describe $family $kind" flat ' Compared with relu: '
        fi
    done
done

# ---- wrong use ----
wrong() # WHAT WORD ARGUMENTS...
{
    what=$1
    word=$2
    shift 2
    run plot "$@"
    is "$what" "$code $(cat "$out")" '2 '
    has "$what" "$err" "$word"
    has "$what" "$err" hint:
}
wrong 'no plot' 'one more argument'
wrong 'unknown plot' 'no plot' weather
wrong 'unknown activation' leaky_relu activation leaky_rely
lacks 'unknown activation: no layer was named' "$err" layer
wrong 'unknown key' 'alpha' activation 'elu(alhpa=1)'
lacks 'unknown key: no layer was named' "$err" layer
wrong 'softmax' 'whole row' activation softmax
wrong 'swiglu' 'whole row' activation swiglu
wrong 'GIF' '.svg or .png' activation relu -o relu.gif
# Lines that lie on one another are dashed: all are seen. Lines that do not are not.
run plot activation relu elu -o dashed.svg
has 'lines on one another' dashed.svg 'stroke-dasharray'
run plot activation relu -o alone.svg
has 'the title names a single curve' alone.svg 'relu f(x)'
lacks 'a line alone' alone.svg 'stroke-dasharray'
# PNG where the build found cairo: a whole file with the right signature and size; else the message says what is missing
if "$plummet" --version | grep -q 'pictures .*svg png'; then
    run plot activation relu -o relu.png
    is 'PNG' "$code" 0
    is 'PNG: signature' "$(head -c 8 relu.png | od -An -tx1 | tr -d ' \n')" 89504e470d0a1a0a
    is 'PNG: width and height' "$(tail -c +17 relu.png | head -c 8 | od -An -tx1 | tr -d ' \n')" 000005a0000006e0
    is 'PNG: end' "$(tail -c 8 relu.png | od -An -tx1 | tr -d ' \n')" 49454e44ae426082
else
    wrong 'PNG' 'built without cairo' activation relu -o relu.png
fi
wrong '--from' "'x'" activation relu --from x
wrong 'empty range' empty activation relu --from 2 --to 1
wrong 'eight curves' curves activation relu elu selu tanh gelu silu mish celu
wrong '--depth' ascending init --depth 10,2
wrong '--depth of five' ascending init --depth 1,2,3,4,5
wrong '--width' 512 init --width 5000
wrong 'unknown initializer' he_normal init --initializer he_norml
wrong 'the place of an initializer' 'where: he_normal(nope=3): parameter' init --activation relu --initializer 'he_normal(nope=3)'
wrong 'an empty name' empty init --activation tanh,
wrong 'names behind init' 'takes no names' init relu
run plot activation relu -o no/such/folder.svg
is 'no folder' "$code" 5
is 'nothing left behind' "$(ls ./*.part 2> /dev/null)" ''
finish
