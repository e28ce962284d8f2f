#!/bin/sh
# evaluate: figures, tables and intervals, checked against the predictions; --assert; a file that has changed since; explain.
. tests/cli/common
awk 'BEGIN { srand(3); print "customer,a,b,kind"; split("ant bee cat", k, " ")
    for (i = 0; i < 300; i++) { a = rand(); b = rand(); c = a > 0.6 ? 3 : b > 0.5 ? 2 : 1
        if (rand() < 0.15) c = 1 + int(rand() * 3)
        printf "c%d,%.4f,%.4f,%s\n", i, a, b, k[c] } }' > three.csv
awk -F, -v OFS=, 'NR > 1 { $4 = $4 == "cat" ? "cat" : "other" } 1' three.csv > two.csv
awk -F, -v OFS=, 'NR > 1 { $4 = sprintf("%.3f", 1e9 + 40 * $2 - 20 * $3 * $3 + 0.01 * NR % 7) } NR == 1 { $4 = "y" } 1' three.csv > far.csv
for name in three two far; do
    target=kind
    [ $name = far ] && target=y
    run train $name.csv target=$target effort=quick epochs=8 out=$name columns='customer=id' -q
    is "train $name" "$code" 0
    run evaluate $name
    is "evaluate $name" "$code" 0
    lacks "evaluate $name" "$out" 'nan\|e+'
    [ $name = three ] && is 'a row for each class' \
        "$(awk '/^class  *precision/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' "$out" | tr '\n' ' ')" 'ant bee cat '
    # the whole table, against what predict says of it
    run predict $name $name.csv
    cp "$out" $name.predictions
    run evaluate $name $name.csv --json seed=3
    cp "$out" $name.json
    if command -v python3 > /dev/null; then
        python3 "$root/tests/cli/evaluate.py" $name.predictions $name.csv $name.json > said 2>&1
        is "figures of $name" "$? $(cat said)" '0 '
    fi
    run evaluate $name $name.csv --json seed=3 threads=1
    is "the same seed, $name" "$(cmp $name.json "$out" && echo same)" same
    run evaluate $name $name.csv --json seed=4
    is "another seed, $name" "$(cmp -s $name.json "$out" || echo other)" other
done
run evaluate three
has 'a matrix' "$out" '^ant  *[0-9]*  *[0-9]*  *[0-9]*$'
has 'classes' "$out" '^class  *precision  *recall  *f1  *rows$'
has 'calibration' "$out" '^confidence  *mean  *right  *rows$'
has 'a baseline' "$out" "^baseline (always predicts '[a-z]*'): accuracy 0\.[0-9]*$"
run evaluate far
has 'the unit of the target' "$out" '^rmse  *[0-9]*\.[0-9]*  [0-9.]* to [0-9.]*$'
has 'the mean' "$out" '^baseline (always predicts the mean of the training rows): rmse 1[0-9]\.'
# the mean of the training is about 5, all of these rows are near 105
awk 'BEGIN { print "x,y"; for (i = 0; i < 60; i++) printf "%d,%.1f\n", i * 37 % 61, 4.5 + i * 7 % 11 / 10 }' > near.csv
sed '1!s/,/,10/' near.csv > high.csv
run train near.csv target=y effort=quick epochs=1 out=near -q
run evaluate near high.csv
has 'the mean of other rows' "$out" '^baseline (always predicts the mean of the training rows): rmse \(99\|100\)\.'

# all rows right: no sample differs, so the interval is Wilson's, 69 / (69 + 1.96^2) to 1
awk 'BEGIN { print "x,y"; for (i = 0; i < 69; i++) printf "%d,%s\n", i % 2 * 9, i % 2 ? "high" : "low" }' > sure.csv
run train sure.csv target=y effort=quick out=sure -q
run evaluate sure sure.csv
has "Wilson's interval" "$out" '^accuracy  *1\.0000  0\.9473 to 1\.0000$'
has "Wilson's interval" "$out" "its interval is Wilson's"
has 'no interval of a mean of shares of 1' "$out" '^balanced_accuracy  *1\.0000$'
# a row whose label is wrong comes first, with its line and the column that the net goes by
sed '31s/high/low/' sure.csv > wrong.csv
run evaluate sure wrong.csv
is 'the line of a wrong label' "$(grep -A 1 '^line ' "$out" | awk 'NR == 2 { print $1, $2, $3 }')" '31 low high'
is 'its reason' "$(grep -A 2 '^line ' "$out" | sed -n '3s/ (+0\.[0-9]*)$//p')" '  x = 9'
is 'five rows' "$(sed -n '/^line /,$p' "$out" | grep -c '^[0-9]')" 5
run evaluate sure wrong.csv worst=0
lacks 'no rows' "$out" '^line '
# the JSON lists as many rows as the text
for rows in 0 2 20; do
    run evaluate sure wrong.csv --json worst=$rows
    is "$rows rows in JSON" "$(grep -o '"row":' "$out" | wc -l | tr -d ' ')" $rows
done
run evaluate sure wrong.csv --json
is 'five rows in JSON' "$(grep -o '"row":' "$out" | wc -l | tr -d ' ')" 5
run evaluate sure wrong.csv --json
has 'the reason in JSON' "$out" '"line":31,"loss":[0-9.]*,"true":"low","predicted":"high","reason":"x = 9 (+'
run evaluate three
lacks 'the bootstrap' "$out" Wilson

# ---- digits of predictions, and a column that is copied ----
head -n 2 far.predictions | tail -n 1 > line
has 'digits' line '^c0,10000000[0-9][0-9]\.[0-9][0-9][0-9]'
is 'an id by default' "$(head -n 1 three.predictions)" 'customer,class,probability_ant,probability_bee,probability_cat'
run predict three three.csv id=b --format jsonl
has 'id=' "$out" '^{"b":"0\.[0-9]*","class":"[a-z]*","probabilities":{"ant":'
"$plummet" predict three - id=0 < three.csv > "$out" 2> "$err"
is 'standard input' "$(cmp three.predictions "$out" && echo same)" same
run predict three three.csv id=nothing
is 'no such column' "$code" 2
has 'no such column' "$err" "has no column 'nothing'"
run predict three three.csv id=a -o p.npy
is 'npy has no texts' "$code" 2
run train digits epochs=1 -q out=own
run predict own digits id=a
is 'id of a pipeline' "$code" 2
has 'id of a pipeline' "$err" 'can be copied only from a file'
run predict three three.csv -o p.npy
is 'npy without the id' "$code" 0

# ---- logits: the log loss of the table is the loss that the net was trained with ----
# same WHAT: log_loss is loss in $out
same()
{
    is "$1" "$(sed -n 's/^[^[]*,"loss":\([0-9.]*\),[^[]*"log_loss":\([0-9.]*\),.*/\1 \2/p' "$out" | awk '{ print ($1 > 0 && ($1 - $2) ^ 2 < 1e-10) }')" 1
}
cat > logits.yaml <<'YAML'
data: table('three.csv', target=kind, columns='customer=id') | shuffle | batch(32)
test: split(0.2, shuffle=true)
model: [dense(3)]
loss: sparse_categorical_crossentropy(from_logits=true)
metrics: [accuracy]
epochs: 8
YAML
run train logits.yaml out=logits -q
is 'logits' "$code" 0
run evaluate logits --json
same 'logits of three classes'
sed 's/three/two/; s/dense(3)/dense(1)/; s/sparse_categorical/binary/' logits.yaml > logit.yaml
run train logit.yaml out=logit -q
is 'a logit' "$code" 0
run evaluate logit --json
same 'a logit'

# ---- a column of little effect is no reason beside one of large effect ----
awk 'BEGIN { srand(5); print "x,s,y"; for (i = 0; i < 300; i++) { x = rand()
    printf "%.3f,%s,%s\n", x, i * 7 % 3 ? "on" : "off", (rand() < 0.1 ? !(x > 0.5) : (x > 0.5)) ? "high" : "low" } }' > weak.csv
run train weak.csv target=y effort=quick epochs=8 out=weak -q
run evaluate weak worst=20
has 'a large reason' "$out" '^  x = 0\.[0-9]* (+0\.[1-9][0-9]*)$'
lacks 'a tiny reason beside it' "$out" '^  x = 0\.[0-9]* (+0\.[1-9][0-9]*), s = '

# ---- --assert ----
for condition in 'f1>=0.1' 'ece<1, accuracy>0.1' 'log_loss<9' 'balanced_accuracy>0'; do
    run evaluate three -a "$condition"
    is "$condition" "$code" 0
done
run evaluate far -a 'rmse<=0.0001'
is 'rmse' "$code" 7
has 'rmse' "$err" 'rmse<=0.0001 does not hold: rmse is'
run evaluate three -a 'nothing>1'
is 'unknown figure' "$code" 2

# ---- a file that has changed since ----
has 'run.yaml' three/run.yaml '^fingerprint: [0-9]* bytes, crc32 [0-9a-f]*  # measured$'
cp three.csv kept.csv
echo 'c9,0.5,0.5,ant' >> three.csv
for verb in evaluate explain; do
    run $verb three
    is "$verb: changed" "$code" 3
    has "$verb: changed" "$err" 'the file has changed since the run was trained'
done
cksum three/* > before
run train --resume three epochs=99
is 'resume: changed' "$code" 3
has 'resume: changed' "$err" 'the file has changed since the run was trained .* a resumed run must keep its rows'
has 'resume: changed' "$err" 'start=three'
is 'resume: changed, the folder' "$(cksum three/* | cmp - before)" ''
run evaluate three three.csv
is 'a file that is named' "$code" 0
cut -d, -f1,3- kept.csv > three.csv # a column is missing, too: the cause comes first
for verb in evaluate explain; do
    run $verb three
    is "$verb: a column less" "$code" 3
    has "$verb: a column less" "$err" 'the file has changed since the run was trained (then .*): '
    has "$verb: a column less" "$err" 'hint: restore the file'
done
run doctor three
has 'doctor: changed' "$err" 'three.csv: the file has changed since the run was trained (then '
mv kept.csv three.csv
run evaluate three
is 'brought back' "$code" 0
run doctor three
lacks 'doctor: brought back' "$err" 'has changed'
run evaluate three/model.safetensors
is 'no rows' "$code" 2
has 'no rows' "$err" 'name DATA after the model'

# ---- a long name and a long cell are cut ----
awk 'BEGIN { for (i = 0; i < 300; i++) long = long "x"; print long ",b,kind"
    for (i = 0; i < 90; i++) printf "%s,%d,%s\n", (i % 3 ? "short" : long), i * 37 % 50, (i % 3 && i % 8 ? "a" : "b") }' > long.csv
run train long.csv target=kind effort=quick epochs=20 -q out=long
run evaluate long
has 'a long name' "$out" '^  x\{37\}\.\.\. = '
is 'a long name' "$(awk 'length > 200' "$out" | wc -l | tr -d ' ')" 0

# ---- explain ----
run explain three
is explain "$code" 0
has explain "$out" '^column  *log loss rise  *95 % interval  *accuracy fall$'
is 'the column that matters' "$(awk '/^(a|b) / { print $1; exit }' "$out")" a
lacks 'the id' "$out" customer
cp "$out" first
run explain three threads=1
is 'the same again' "$(cmp first "$out" && echo same)" same
run explain far repeats=3 rows=40
has 'numbers' "$out" '^column  *rmse rise  *95 % interval  *r2 fall$'
run explain three --row 17
has 'one row' "$out" "^row 17 (line 18): '[a-z]*' with probability"
has 'its values' "$out" '^a  *0\.[0-9]*  *[-+]0\.[0-9]*  *0\.'
# the parts add up to the difference from the mean prediction
run explain far --row 5 --json
if command -v python3 > /dev/null; then
    is 'the parts add up' "$(python3 -c '
import json, sys
e = json.load(open(sys.argv[1]))
print(abs(sum(c["moves"] for c in e["columns"]) - e["predicted"] + e["usual"]) < 0.01)' "$out")" True
fi
run explain three --row 9999
is 'no such row' "$code" 2
run explain three --row x
is 'a row that is no number' "$code" 2
# the arguments of another source than csv(...) are not those of a table
run predict near near.csv -o p.npy
printf "data: npy('p.npy', 'p.npy') | batch(5)\nmodel: [input(1), dense(1)]\nepochs: 1\n" > arrays.yaml
run train arrays.yaml out=arrays -q
is 'a net of arrays' "$code" 0
run evaluate arrays "csv('near.csv', y)"
cp "$out" named
run evaluate arrays near.csv
is 'a net of arrays on a table' "$code" 0
cmp -s named "$out" || fail 'a net of arrays on a table: other rows'
run train digits epochs=1 out=digits -q
run explain digits rows=100 repeats=2
has 'pictures' "$out" '^number [0-9]'
has 'the rest' "$out" '^and 44 more columns, which matter less$'
finish
