#!/bin/sh
# A target of several labels: one output with a probability for each; predict prints the labels and
# their probabilities by name, evaluate has a part for each label; the model file alone knows them.
. tests/cli/common

awk 'BEGIN { print "x,y,tags"; for (i = 0; i < 300; i++) { x = i * 37 % 100; y = i * 53 % 97; t = ""
    if (x > 50) t = "large"
    if (y > 60) t = i % 2 ? t "; round" : "round ;" t
    printf "%d,%d,%s\n", x, y, t } }' > tags.csv
run train tags.csv target=tags columns='tags=labels' --dry-run
is 'dry run' "$code" 0
has 'the column' "$out" "^tags  *labels  *labels separated by ';' .*learned: 2 labels$"
run train tags.csv target=tags columns='tags=labels' effort=quick -q out=m
is 'train' "$code$(cat "$err")" 0
has 'its head' m/run.yaml 'dense(2, activation=sigmoid'
has 'its loss' m/run.yaml '^  - binary_crossentropy$'
has 'its metric' "$out" '^test binary_accuracy  *0\.9\|^test binary_accuracy  *1\.'
# accuracy means that of each label, also for the mean of several nets
binary=$(sed -n 's/^test binary_accuracy  *//p' "$out")
run train tags.csv target=tags columns='tags=labels' effort=quick metrics=accuracy -q out=acc
is 'accuracy' "$(sed -n 's/^test accuracy  *//p' "$out")" "$binary"
run train tags.csv target=tags columns='tags=labels' nets=2 epochs=2 metrics='[accuracy, binary_accuracy(name=each)]' -q out=two
is 'accuracy of two nets' "$code $(sed -n 's/^test accuracy  *//p' "$out")" "0 $(sed -n 's/^test each  *//p' "$out")"
run train m/run.yaml -q out=again
cmp m/model.safetensors again/model.safetensors || fail 'the run file gives other bits'

mkdir away
cp m/model.safetensors away
printf 'y,x\n90,90\n10,90\n10,10\n' > away/new.csv
run predict away/model.safetensors away/new.csv
is 'predictions' "$code $(cut -d, -f1 "$out" | tr '\n' ' ')" '0 labels "large;round" large  '
is 'titles' "$(head -n 1 "$out")" 'labels,probability_large,probability_round'
run predict m away/new.csv --format jsonl
has 'in JSON' "$out" '^{"labels":"large;round","probabilities":{"large":[0-9.e-]*,"round":'

run evaluate m
is 'evaluate' "$code" 0
for label in large round; do
    has 'each label' "$out" "^tags_$label$"
done
run evaluate m tags.csv --assert 'tags_large_f1>0.9, tags_round_auc>0.95'
is 'its conditions' "$code" 0
run explain m output=tags_large
has 'the column of a label' "$(sed -n '/^column/{n;p;}' "$out" > column; echo column)" '^x '
[ -s m/report.html ] || fail 'no report'

# ---- a single label, which a row has or lacks ----
awk 'BEGIN { print "x,tags"; for (i = 0; i < 100; i++) printf "%d,%s\n", i * 37 % 100, (i * 37 % 100 > 49) ? "red" : "" }' > red.csv
run train red.csv target=tags columns='tags=labels' effort=quick -q out=red
is 'a single label' "$code" 0
printf 'x\n90\n10\n' > either.csv
run predict red either.csv
is 'with and without it' "$(cut -d, -f1 "$out" | tr '\n' ' ')" 'labels red  '
sed '1!s/,$/,red/' red.csv > all_red.csv
run train all_red.csv target=tags columns='tags=labels' --dry-run
is 'the same label in all rows' "$code" 3
has 'the same label in all rows' "$err" "the target 'tags' is always 'red'"

# ---- what is refused ----
printf 'x,y,tags\n1,2,large;flat\n' > other.csv
run evaluate m other.csv
is 'an unknown label' "$code" 3
has 'an unknown label' "$err" "line 2, column 'tags': 'large;flat' is not made of the model's labels"
run train tags.csv target=x columns='tags=labels' group=tags --dry-run
is 'a group' "$code" 2
has 'a group' "$err" "only an input or a target can hold labels, but column 'tags' is the group"

# ---- labels as inputs: a number for each; which ones there are is that of the training rows ----
awk 'BEGIN { split("red,round,large,old", w, ","); print "tags,y"; for (i = 0; i < 320; i++) { t = ""; y = 0
    for (k = 1; k < 5; k++) if (int(i * 37 % 97 * k / 7) % 3 == 0) { t = t (t == "" ? "" : "|") w[k]; y += k }
    printf "%s,%d.5\n", t, y } }' > lists.csv
run train lists.csv target=y --dry-run
has 'lists are told' "$err" "warning: lists.csv: the column 'tags' seems to have lists, such as '[a-z]*|[a-z|]*', which count as [0-9]* different words; columns='tags=labels' reads the 4 labels in them"
run train lists.csv target=y columns='tags=labels' --dry-run
has 'the input' "$out" "^tags  *labels  *labels separated by '|'  *[0-9]*  *4 numbers, one for each label$"
lacks 'the input' "$err" 'seems to have lists'
run train lists.csv target=y columns='tags=labels' effort=quick epochs=40 -q out=lists
is 'train on lists' "$code" 0
printf 'tags,z\nred|old,1\nold | red,1\n,1\nround|flat,1\n' > new.csv
run predict lists new.csv
is 'predictions' "$code $(sed 1d "$out" | wc -l | tr -d ' ')" '0 4'
is 'the order of labels does not matter' "$(sed -n 2p "$out")" "$(sed -n 3p "$out")"
is 'the labels are used' "$(sed -n '2p;4p' "$out" | awk '{ v[NR] = $1 } END { print (v[1] > v[2] + 2 ? "more" : v[1] " " v[2]) }')" more
has 'an unknown label' "$err" "1 of 4 words of column 'tags' are unknown to the model, such as 'round|flat'"
lacks 'no labels are no gap' "$err" 'empty'
run explain lists lists.csv
has 'explain' "$out" '^tags  '
finish
