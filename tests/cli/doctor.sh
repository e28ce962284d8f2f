#!/bin/sh
# plummet train RUNFILE doctor=true, and plummet doctor RUN: what is kept in the folder of a run, and what is read from it.
# What each finding finds is in findings.sh.
. tests/cli/common

# findings FILE: the codes of its findings, a line each
findings()
{
    tr ',' '\n' < "$1" | sed -n 's/.*"code":"\([A-Z0-9]*\)".*/\1/p'
}

run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files
high='optimizer=sgd(3, momentum=0.9)'

# ---- the model is the same with and without, the files are the same on any number of threads ----
run train digits "$high" epochs=2 out=without threads=1 isa=plain -q
is 'without: files' "$(ls without | tr '\n' ' ')" 'checkpoint.safetensors history.csv model.safetensors report.html run.yaml '
run train digits "$high" epochs=2 out=one threads=1 isa=plain doctor=true
is 'with: exit code' "$code" 0
is 'with: files' "$(ls one | tr '\n' ' ')" \
    'checkpoint.safetensors doctor.json doctor.txt history.csv model.safetensors readings.csv report.html run.yaml '
is 'shown once' "$(grep -c '^error\[S305\]' "$err")" 1
has 'counted at the end' "$err" '^doctor: 1 error, 0 warnings'
cmp -s without/model.safetensors one/model.safetensors || fail 'the doctor changes the model'
run train digits "$high" epochs=2 out=four threads=4 doctor=true -q
is 'quiet' "$(cat "$err")" ''
for file in doctor.json doctor.txt readings.csv; do
    cmp -s one/$file four/$file || fail "$file depends on threads or instruction set"
done
is 'found' "$(findings one/doctor.json)" "$(printf 'S305\nO402')"
has 'where it was found' one/doctor.json '"part":"run","step":2,"epoch":1}'
is 'columns of readings' "$(awk -F, '{ print NF }' one/readings.csv | uniq)" 17
run train digits epochs=1 out=json doctor=true --json "$high"
has 'json: a line' "$out" '"event": *"finding".*S305'

# ---- labels that the loss leaves out are no quantities ----
for mask in -1 255; do
    awk -v mask=$mask 'BEGIN { srand(7); print "a,b,y"; for (i = 0; i < 300; i++) { a = rand(); b = rand()
        print a "," b "," (i % 9 == 0 ? mask : a > 0.5 && b > 0.5 ? 0 : a < 0.5 ? 1 : 2) } }' > masked.csv
    printf '%s\n' "data: csv('masked.csv', y) | shuffle | batch(16)" 'validation: split(0.2)' 'epochs: 20' \
        'model: [input(2), dense(16, activation=relu), dense(3, activation=softmax)]' 'optimizer: adam(0.01)' \
        "loss: sparse_categorical_crossentropy(ignore_class=$mask)" > masked.yaml
    run doctor masked.yaml --json
    findings "$out" > codes
    lacks "ignore_class=$mask: targets as quantities" codes 'D205\|D214'
done

# ---- a run that was trained ----
run doctor one --json
findings "$out" > codes
has 'run: found again' codes S305
has 'run: with its step' "$out" '"step":2,"epoch":1}'
has 'run: all steps' "$out" '"steps":162,'
run doctor one --fail-on error
is 'run: --fail-on' "$code" 6
run doctor without --json # kept no readings: its first steps are trained again
findings "$out" > codes
has 'no readings' codes S305
run train digits out=well epochs=2 doctor=true -q
run doctor digits --json 'data=digits | batch(50)' 'validation=split(0.2)' epochs=3
has 'a tenth of the steps that are planned, 69' "$out" '"steps":6,'
run doctor well --fail-on warning
is 'a healthy run' "$code" 0
sed '5s/dense/other/' well/readings.csv > changed && mv changed well/readings.csv
run doctor well
is 'readings of another net' "$code" 3
has 'its message' "$err" 'well/readings.csv'

# ---- a loss that is not finite: the last row of the readings names the layer ----
run train digits "optimizer=sgd(per_step('0.1 + 1e30 * (step > 90)'))" out=nan doctor=true
has 'not finite: shown' "$err" '^error\[G110\]\|so G110'
has 'not finite: kept' nan/readings.csv ',nan,dense.*,,0,'
is 'not finite: columns' "$(awk -F, '{ print NF }' nan/readings.csv | uniq)" 17
run doctor nan --json
findings "$out" > codes
has 'not finite: found again' codes G110

# ---- resumed: the readings of before stay ----
run train digits epochs=1 out=part doctor=true -q
run train --resume part epochs=3 -q
is 'resumed: exit code' "$code" 0
run train digits epochs=3 out=whole doctor=true -q
cut -d, -f1,2,3,4,5,6,7,8,9,10,11,12,14 whole/readings.csv > whole.csv
cut -d, -f1,2,3,4,5,6,7,8,9,10,11,12,14 part/readings.csv > part.csv
cmp -s whole.csv part.csv || fail 'resumed: other readings than those of a whole run'

# ---- a long run: the first steps stay, the others are thinned out evenly ----
run train digits epochs=200 out=long doctor=true -q 'model=[input(64), dense(4), dense(10, activation=softmax)]'
is 'long: exit code' "$code" 0
awk -F, -v last=-1 'NR > 1 && $1 != last { print $1; last = $1 }' long/readings.csv > steps
is 'long: first steps' "$(head -20 steps | tr '\n' ' ')" '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 '
is 'long: one interval' "$(tail -n +21 steps | awk 'NR > 1 { print $1 - last } { last = $1 }' | sort -u | wc -l)" 1
[ "$(wc -l < steps)" -le 150 ] || fail "long: $(wc -l < steps) readings of a layer"
[ "$(wc -l < steps)" -gt 60 ] || fail "long: only $(wc -l < steps) readings of a layer"

# ---- an older run in the folder takes its files along; a key that is no truth ----
run train digits epochs=1 out=part overwrite=true -q
is 'replaced' "$(ls part | tr '\n' ' ')" 'checkpoint.safetensors history.csv model.safetensors report.html run.yaml '
run train digits doctor=maybe
is 'doctor=maybe' "$code" 2

# ---- a last layer that does not fit its loss: one message ----
odd='model=[rescaling(1/16), dense(10, activation=sigmoid)]'
run train digits epochs=1 out=odd doctor=true "$odd"
is 'S301 in train' "$(grep -c 'finding S301\|\[S301\]' "$err")" 1
run doctor digits "$odd" --static
is 'S301 in the doctor' "$(cat "$out" "$err" | grep -c 'usual here is\|the usual choice is')" 1

# a schedule in waves: the loss rises for a while in each, which is no fault of a run that learns
run train digits out=waves validation=none model='[rescaling(1/16), dense(100, activation=relu), dense(10, activation=softmax)]' \
    optimizer='adam(coslog(0.05))' epochs=30 doctor=true report=false -q
is 'waves' "$code" 0
lacks 'waves' waves/doctor.txt '^error\|^warning'
# a run that was trained without the doctor: its first steps are trained again, its history is read, and the report says
# what is not known
run train digits out=plain optimizer='sgd(0.003)' observers='early_stopping(min_delta=9, patience=1)' epochs=12 report=false -q
run doctor plain
is 'without readings' "$code" 0
has 'without readings: what is not known' "$out" '^not examined: the layers after step '
has 'without readings: the history' "$out" 'after 2 epochs the net is '
run doctor digits --data --json
has 'no repair was asked for' "$out" '"repair":null'
# the other layers of an item stay in its remedy
run doctor digits --static model='[rescaling(1/16) | dense(50) | dropout(0.1), dense(10, activation=softmax)]'
has 'the whole item' "$out" "model.0='rescaling(1/16) | dense(50, activation=relu, kernel_initializer=he_normal) | dropout(0.1)'"
# ---- what keeps a net from learning comes before what only flatters its validation ----
awk 'BEGIN { OFS = ","; print "a,b,y"; for (i = 0; i < 400; i++) { k = i % 150; print sin(k), cos(7 * k), (sin(k) + cos(7 * k) > 0) } }' > twice.csv
printf '%s\n' 'data: csv(twice.csv, target=y) | shuffle' 'validation: split(0.2, shuffle=true)' \
    'model: [normalization, "dense(16, activation=relu)", dropout(0.9), "dense(1, activation=sigmoid)"]' > twice.yaml
run doctor twice.yaml --static --json
is 'the cause comes first' "$(findings "$out" | head -n 1)" O403
has 'the copies are found, too' "$out" '"code":"D209"'
# ---- a column that gives the target away is left out, and its size with it ----
awk 'BEGIN { OFS = ","; print "a,b,y"; for (i = 0; i < 200; i++) print i * 7 % 101 / 50 - 1, (i % 3 ? 0 : 100 + i), (i % 3 == 0) }' > filled.csv
printf '%s\n' 'data: csv(filled.csv, target=y) | shuffle' 'model: ["dense(16, activation=relu)", "dense(1, activation=sigmoid)"]' > filled.yaml
run doctor filled.yaml --static --json
is 'the leak comes first' "$(findings "$out" | tr '\n' ' ' | cut -d ' ' -f 1-2)" 'D210 D202'
# ---- a training's doctor knows the keys of the run, too: one that is set is no remedy ----
awk 'BEGIN { print "a,b,y"; for (i = 0; i < 600; i++) printf "%g,%g,%d\n", i * 37 % 101 / 7, i * 53 % 97 / 11, i % 60 == 0 }' > rare.csv
printf '%s\n' "data: csv('rare.csv', y) | shuffle | batch(32)" 'validation: split(0.3)' 'epochs: 2' \
    'model: [normalization, "dense(8, activation=relu)", "dense(1, activation=sigmoid)"]' > rare.yaml
run train rare.yaml doctor=true out=rare -q
has 'class weights help' rare/doctor.json '"code":"D206".*{"class_weight":"balanced"}'
run train rare.yaml doctor=true class_weight=balanced out=weighted -q
has 'class weights are there' weighted/doctor.json '"code":"D206"'
lacks 'class weights are there' weighted/doctor.json '{"class_weight":"balanced"}'
# ---- a number that is found is outside the healthy range that stands beside it ----
awk '/ = measured .*, healthy / {
         number = $3 + 0; low = $0; sub(/.*healthy /, "", low); high = low; sub(/.* to /, "", high)
         if (number > low + 0 && number < high + 0) print
     }' "$root/tests/cli/doctor_texts.expected" > inside
is 'no number is within its healthy range' "$(cat inside)" ''
finish
