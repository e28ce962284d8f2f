#!/bin/sh
# class_weight by the names of classes, and balanced for targets that are one-hot in the file.
. tests/cli/common

awk 'BEGIN { print "a,b,kind,p,q"
    for (i = 0; i < 60; i++) printf "%d,%d,%s,%d,%d\n", i * 7 % 30, i * 11 % 30, i % 3 ? "x" : "y", i % 3 != 0, i % 3 == 0 }' > k.csv

# weights OUT CLASS_WEIGHT: trains on a table of words and prints the exit code and the checksum of the model
weights()
{
    run train k.csv target=kind columns='p=drop, q=drop' effort=quick epochs=2 test=none -q out="$1" class_weight="$2"
    echo "$code $(cksum < "$1/model.safetensors")"
}

# ---- names are the same as numbers in their order: x is class 0 ----
is 'the same each time' "$(weights plain '[1, 1]' | cut -c1-2)" '0 '
is 'names' "$(weights names '{y: 5, x: 2}')" "$(weights numbers '[2, 5]')"
is 'names with quotes' "$(weights quoted "{'x': 2, \"y\" : 5}")" "$(weights list '2, 5')"
is 'a name that is left out weighs 1' "$(weights one '{y: 5}')" "$(weights two '[1, 5]')"
run train names/run.yaml -q out=again
is 'the run file again' "$code $(cksum < again/model.safetensors)" "0 $(cksum < numbers/model.safetensors)"

run train k.csv target=kind class_weight='{z: 2}' out=never
is 'an unknown name' "$code" 2
has 'an unknown name' "$err" "class_weight names 'z', which is no class"
has 'an unknown name' "$err" "the classes are 'x', 'y'"
run train k.csv target=kind class_weight='{x: 2, x: 3}' out=never
is 'a name twice' "$code" 2
has 'a name twice' "$err" 'names class 0 twice'
run train k.csv target=kind class_weight='x=2,y=1' out=never
is 'another notation' "$code" 2
has 'another notation' "$err" 'or {class: weight}'

# ---- the names of classes may be numbers that are not 0, 1, ... ----
sed 's/,x,/,3,/; s/,y,/,7,/' k.csv > n.csv
run train n.csv target=kind columns='p=drop, q=drop' effort=quick epochs=2 test=none -q out=named class_weight='{3: 2, 7: 5}'
is 'numbers as names' "$code" 0
run train n.csv target=kind columns='p=drop, q=drop' effort=quick epochs=2 test=none -q out=indexed class_weight='{0: 2, 1: 5}'
is 'numbers as names' "$code $(cksum < named/model.safetensors)" "0 $(cksum < indexed/model.safetensors)"

run train n.csv target=kind class_weight='{0: 2, 3: 5}' out=never
is 'a name and a number' "$code" 2
has 'a name and a number' "$err" "class_weight names '0', which is no class"
has 'a name and a number' "$err" "the classes are '3', '7'"

# ---- a class whose number is left out weighs 1, also after the last one that is named ----
run train digits epochs=1 -q out=few class_weight='{0: 5}'
is 'a number that is left out' "$code" 0
run train digits epochs=1 -q out=all class_weight='[5] + [1] * 9'
is 'a number that is left out' "$code $(cksum < few/model.safetensors)" "0 $(cksum < all/model.safetensors)"

# ---- targets that have no class ----
for weight in balanced '{z: 2}' '[1, 2]'; do
    run train k.csv target=b class_weight="$weight" columns='b=number' out=never
    is "a number, $weight" "$code" 2
    has "a number, $weight" "$err" "class weights need one class a row, but the target 'b' is learned as a number"
    run train k.csv target=kind class_weight="$weight" columns='kind=labels' out=never
    is "labels, $weight" "$code" 2
    has "labels, $weight" "$err" "the target 'kind' has several labels in a cell"
done

# ---- balanced: one-hot columns weigh as the labels do, 60 / (2 * 40) and 60 / (2 * 20) ----
cat > hot.yaml << 'END'
data: csv('k.csv', target=[p, q], inputs=[a, b]) | batch(16)
model: dense(8, activation=relu), dense(2, activation=softmax)
loss: categorical_crossentropy
epochs: 2
END
run train hot.yaml class_weight=balanced -q out=hot
is 'balanced, one-hot' "$code" 0
run train hot.yaml class_weight='[0.75, 1.5]' -q out=said
is 'balanced, one-hot' "$code $(cksum < hot/model.safetensors)" "0 $(cksum < said/model.safetensors)"
run train hot.yaml class_weight='{p: 1, q: 2}' out=never
is 'names where there are none' "$code" 2
has 'names where there are none' "$err" "class_weight names the class 'p', but the classes of this data have no names"
has 'names where there are none' "$err" 'name the classes by their numbers, from 0'
run train hot.yaml "data=csv('k.csv', target=[a, b], inputs=[p, q]) | batch(16)" class_weight=balanced out=never
is 'balanced, numbers' "$code" 2
has 'balanced, numbers' "$err" 'but the rows of the target are not one-hot: a row has another number than a single 1 and zeros'
cat > balanced.yaml <<'YAML'
data: csv('k.csv', inputs=[a, b], target=p)
model: dense(2, activation=softmax)
epochs: 1
class_weight: balanced
YAML
awk 'BEGIN { print "a,p,q,r"; for (i = 0; i < 20; i++) printf "%d,0,%d,%.1f\n", i, -1 - i % 2, i / 4 }' > one.csv
run train balanced.yaml "data=csv('one.csv', inputs=[a], target=p)" loss=mse 'model=dense(1)' out=never
has 'balanced, one class' "$err" 'but every row has class 0'
run train balanced.yaml "data=csv('one.csv', inputs=[a], target=q)" loss=mse 'model=dense(1)' out=never
has 'balanced, below 0' "$err" 'but the target is no class number: its numbers are below 0, or too large'
run train balanced.yaml "data=csv('one.csv', inputs=[a], target=r)" loss=mse 'model=dense(1)' out=never
has 'balanced, fractions' "$err" 'but the target has numbers that are no classes 0, 1, 2, ...'

# ---- lr-find weighs the losses as the training does ----
run lr-find hot.yaml class_weight=balanced --json -q
sed 's/"name":"[^"]*"//' "$out" > balanced.json
run lr-find hot.yaml class_weight='[0.75, 1.5]' --json -q
sed 's/"name":"[^"]*"//' "$out" > listed.json
is 'lr-find' "$(cmp balanced.json listed.json && echo same)" same
finish
