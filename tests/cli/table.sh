#!/bin/sh
# A table in, a model out: words, gaps and dates are trained on with one line, and the model file
# alone predicts and evaluates raw rows.
. tests/cli/common

awk 'BEGIN {
    split("red green blue", color, " ")
    print "id,age,color,member,since,kind"
    for (i = 0; i < 120; i++)
        printf "%d,%s,%s,%s,20%02d-0%d-11,%s\n", i + 1, i % 11 ? i % 37 : "NA", color[1 + i % 3],
            i % 5 ? "yes" : "no", i % 20, 1 + i % 9, i % 3 == 1 ? "cat, big" : "dog"
}' | sed 's/cat, big/"cat, big"/' > pets.csv

# ---- one line trains ----
run train pets.csv target=kind -q out=a seed=3 epochs=60
is 'one line' "$code" 0
has 'one line' "$out" '^test accuracy  *1.0000'
for file in run.yaml history.csv model.safetensors; do
    [ -f a/$file ] || fail "there is no a/$file"
done
has 'comments' a/run.yaml '^# each column of the table is encoded by its type'
run train a/run.yaml -q out=b
is 'its run file' "$code" 0
cmp a/model.safetensors b/model.safetensors || fail 'the run file gives other bits'
run train pets.csv target=kind -q out=c seed=3 epochs=60 threads=1 isa=plain
cmp a/model.safetensors c/model.safetensors || fail 'one thread gives other bits'
run init pets.csv target=kind seed=3 epochs=60
is 'init' "$code" 0
grep -v '^directory' "$out" > net.yaml
run train net.yaml -q out=d
cmp a/model.safetensors d/model.safetensors || fail 'the file of init gives other bits'

# ---- standard input ----
run train pets.csv target=kind -q out=short seed=3 epochs=2
"$plummet" train - target=kind -q out=given seed=3 epochs=2 < pets.csv > "$out" 2> "$err" || fail 'from a file'
cmp short/model.safetensors given/model.safetensors || fail 'standard input gives other bits'
gzip -c pets.csv | "$plummet" train - target=kind -q out=piped seed=3 epochs=2 > "$out" 2> "$err" || fail 'from a pipe'
has 'a pipe is not kept' "$err" 'plummet evaluate piped < FILE'
cmp short/model.safetensors piped/model.safetensors || fail 'a pipe gives other bits'
cat < pets.csv | "$plummet" init - target=kind seed=3 > "$out" 2> "$err" || fail 'init from a pipe'
has 'init from a pipe' "$out" "table('/dev/stdin', target='kind')"
cat < pets.csv | "$plummet" evaluate a - > "$out" 2> "$err" || fail 'evaluate a pipe'
has 'evaluate a pipe' "$out" 'accuracy'
cat < pets.csv | "$plummet" predict a - > piped.out 2> "$err" || fail 'predict a pipe'
"$plummet" predict a pets.csv > named.out 2> "$err" || fail 'predict a file'
cmp piped.out named.out || fail 'predictions of a pipe are others'
run evaluate piped
is 'evaluate without the pipe' "$code" 3
has 'evaluate without the pipe' "$err" 'came from standard input, which is not kept'
cp -r piped apart # the value of data on a line of its own
awk '/^data: / { print "data:"; sub(/^data:/, " ") } 1' piped/run.yaml > apart/run.yaml
run evaluate apart
is 'another style of YAML' "$code" 3
has 'another style of YAML' "$err" 'came from standard input, which is not kept'
gzip -c pets.csv | "$plummet" evaluate piped > evaluated.out 2> "$err" || fail 'evaluate with the pipe'
"$plummet" evaluate short > named.out 2> "$err" || fail 'evaluate a file'
[ "$(tail -n +2 evaluated.out)" = "$(tail -n +2 named.out)" ] || fail 'the pipe evaluates to others'
run train --resume piped epochs=3 -q
is 'resume without the pipe' "$code" 3
gzip -c pets.csv | "$plummet" train --resume piped epochs=3 -q > "$out" 2> "$err" || fail 'resume with the pipe'
run train --resume short epochs=3 -q
cmp short/model.safetensors piped/model.safetensors || fail 'resumed with a pipe: other bits'
run doctor piped
is 'doctor without the pipe' "$code" 3
run train - target=kind
is 'nothing at standard input' "$code" 3
has 'nothing at standard input' "$err" 'the file is empty'

# ---- all columns in one report ----
run train pets.csv target=kind out=told epochs=1
has 'train says which columns it learns from' "$err" '^columns: .*; kept beside predictions: id'
run train pets.csv target=kind --dry-run 'columns={age: category, since: drop}'
is 'dry run' "$code" 0
has 'dry run' "$out" '^id .*identifier .*kept beside predictions$'
has 'dry run' "$out" '^age .*category .*as you have set it .* 11 .*one-hot, gaps marked$'
has 'dry run' "$out" '^color .*category .*3 different words .*one-hot$'
has 'dry run' "$out" '^since .*dropped$'
has 'dry run' "$out" '^kind .*learned: 2 classes$'
has 'dry run' "$out" 'columns: '
cat > pairs.yaml <<'YAML'
data: table('pets.csv', target=kind) | shuffle
columns: {age: category, since: drop}
YAML
run train pairs.yaml --dry-run
is 'pairs in a run file' "$code" 0
has 'pairs in a run file' "$out" '^age .*category'
run train pairs.yaml --dry-run "data=csv('pets.csv', target=kind)"
is 'columns of a csv' "$code" 3

# ---- the model file alone ----
mkdir away
cp a/model.safetensors away
(cd away && printf 'member,color,more,age,since\nyes,green,1,5,2001-02-11\nno,lilac,2,,2003-01-11\n' > rows.csv &&
    "$plummet" predict model.safetensors rows.csv > rows.out 2> rows.err) || fail 'predict'
is 'titles' "$(head -n 1 away/rows.out)" 'class,"probability_cat, big",probability_dog'
has 'names of classes' away/rows.out '^"cat, big",'
run predict a pets.csv --format jsonl
has 'jsonl' "$out" '"class":"cat, big","probabilities":{"cat, big":'
run predict a away/rows.csv
is 'a run' "$(cat "$out")" "$(cat away/rows.out)"
printf 'color\nred\n' > less.csv
run predict a less.csv
is 'missing columns' "$code" 3
has 'missing columns' "$err" "no columns 'age', 'member', 'since'"
run evaluate a
is 'evaluate the run' "$code" 0
has 'evaluate the run' "$out" '^accuracy  *1.0000  0.8620 to 1.0000$'
run evaluate a pets.csv
is 'evaluate a file' "$code" 0
sed 's/dog/wolf/' pets.csv > wolf.csv
run evaluate a wolf.csv
is 'an unknown class' "$code" 3
has 'an unknown class' "$err" "column 'kind': 'wolf' is not one of the model's classes"

# ---- yes or no: one output, the probability of the second class ----
run train pets.csv target=kind columns='since=drop' model='[dense(1, activation=sigmoid)]' loss=binary_crossentropy epochs=2 out=one -q
is 'one of two' "$code" 0
run predict one away/rows.csv
is 'one of two: titles' "$(head -n 1 "$out")" class,probability_dog
has 'one of two: names of classes' "$out" '^\(dog\|"cat, big"\),0\.[0-9]*$'
run predict one away/rows.csv -f jsonl
has 'one of two: jsonl' "$out" '^{"class":"\(dog\|cat, big\)","probability_dog":0\.[0-9]*}$'

# ---- numbers keep their unit ----
awk 'BEGIN { print "a;b;price"; for (i = 0; i < 200; i++) printf "%d;%d;%d\n", i % 17, i % 13, 100000 + 5000 * (i % 17) + 300 * (i % 13) }' > prices.csv
run train prices.csv target=price -q out=p --json
is 'a number' "$code" 0
"$plummet" evaluate p --json > p.json || fail 'evaluate a number'
awk -F'[:,}]' '{ for (i = 1; i < NF; i++) if ($i ~ /root_mean/) exit !($(i + 1) > 10 && $(i + 1) < 4000) }' p.json ||
    { fail 'rmse is not in the unit of the target'; cat p.json; }
head -n 3 prices.csv | cut -d';' -f1-2 > p.csv
run predict p p.csv
is 'the title' "$(head -n 1 "$out")" price
awk 'NR == 2 { exit !($1 > 90000 && $1 < 110000) }' "$out" || fail "a prediction is $(sed -n 2p "$out")"

# ---- mistakes ----
run train pets.csv
is 'no target' "$code" 2
has 'no target' "$err" 'target=NAME'
run train pets.csv target=kinds
is 'another target' "$code" 2
has 'another target' "$err" "did you mean 'kind'?"
run train none.csv target=y
is 'no file' "$code" 5
awk 'BEGIN { print "a,b,y"; for (i = 0; i < 60; i++) printf "%s,%d,%d\n", i == 40 ? "abc" : i ".5", i % 7, i % 2 }' > odd.csv
run train odd.csv target=y
is 'a column of both' "$code" 3
has 'a column of both' "$err" '^  b .*number .*standardized'
has 'a column of both' "$err" "column 'a' has numbers, but 'abc' in line 42"

{ echo 'made by hand'; cat pets.csv; } > skipped.csv
run train skipped.csv target=kind skip=1 header=true weight=id -q out=k epochs=2
is 'how it is read' "$code" 0
has 'how it is read' k/run.yaml "table('skipped.csv', target='kind', weight='id', skip=1, header='true')"
run train net.yaml target=age
is 'a target beside a run file' "$code" 2
run train net.yaml --dry-run "validation=table('pets.csv', target=kind)"
is 'a validation of its own' "$code" 0

# ---- cells that the model cannot use are told ----
run train pets.csv target=kind -q out=u epochs=1 effort=quick
printf 'member,color,age,since\nyes,lilac,1,2001-02-11\n,red,,2003-01-11\n' > strange.csv
run predict u strange.csv
is 'strange cells' "$code $(grep -c warning "$err")" '0 2'
has 'an unknown word' "$err" "strange.csv: 1 of 2 words of column 'color' are unknown to the model, such as 'lilac'"
has 'a gap where none was' "$err" "strange.csv: 1 of 2 cells of column 'member' are empty, although no cell was empty in training"
run evaluate u pets.csv
is 'its own table' "$code $(grep -c -e unknown -e empty "$err")" '0 0'

# ---- the net that is chosen ----
run train pets.csv target=kind --dry-run
has 'default: the rate' "$out" 'optimizer: adam(coslog(0.04), beta_2=0.95)'
has 'default: few rows, many epochs' "$out" '^epochs: 256'
has 'default: three nets' "$out" '^nets: 3'
has 'default: calibrated' "$out" '^calibrate: true'
has 'default: strata' "$out" '^test: split(0.2, shuffle=true, stratify=true)'
has 'default: the best epoch is that after the calibration' "$out" '^  - best_weights(monitor=val_calibrated, waves=4)'
for own in metrics=accuracy observers=best_weights keep=last validation=none; do
    run train pets.csv target=kind --dry-run "$own"
    is "$own" "$code" 0
    lacks "$own: nothing is watched besides" "$out" 'val_calibrated'
done
run train pets.csv target=kind -q nets=1 epochs=30 out=w
best=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "val_calibrated") k = i; next }
    least == "" || $k < least { least = $k; at = $1 } END { print at }' w/history.csv)
has 'its weights are kept' "$out" "^weights  *of epoch $best, the best$"
run train pets.csv target=kind --dry-run effort=quick
has 'quick' "$out" '^nets: 1'
lacks 'quick: the key is used up' "$out" '^effort'
run train pets.csv target=kind effort=most
is 'another effort' "$code" 2
has 'another effort' "$err" "effort cannot be 'most'"
run train net.yaml effort=quick
is 'effort beside a net' "$code" 2

# ---- large vocabularies: a learned vector for each word, in a second input ----
awk 'BEGIN { print "shop,size,sales"; for (i = 0; i < 400; i++) printf "s%d,%d,%d\n", i * 37 % 53, i % 20, 7 * (i * 37 % 53 % 11) + i % 20 }' > shops.csv
run train shops.csv target=sales embed=20 -q out=v nets=3 epochs=30
is 'embedded' "$code" 0
has 'embedded' v/run.yaml '^embed: 20'
has 'embedded' v/run.yaml 'embedding([0-9]*, 8,'
run train v/run.yaml -q out=v2
cmp v/model.safetensors v2/model.safetensors || fail 'an embedding: its run file gives other bits'
run train shops.csv target=sales --dry-run embed=20
has 'the report' "$out" '^shop .*embedding, [0-9]* words; [0-9]* rare words and all unknown ones share a vector$'
lacks 'few words' "$out" '^embed: 256'
cp v/model.safetensors away/shops.safetensors
printf 'size,shop\n3,s4\n3,unknown\n' > away/shops.csv
run predict away/shops.safetensors away/shops.csv
is 'an unknown word' "$code $(wc -l < "$out")" '0 3'
run evaluate v --assert 'r2_score>=0.5'
is 'embedded words are learned' "$code" 0
run explain v
has 'which columns matter' "$out" '^shop '
run train shops.csv target=sales --dry-run
has 'few words are one-hot' "$out" '^shop .*one-hot$'

# ---- resumed ----
run train pets.csv target=kind -q out=r epochs=3 effort=quick optimizer=adam
run train --resume r epochs=6 -q
is 'resumed' "$code" 0
run train pets.csv target=kind -q out=s epochs=6 effort=quick optimizer=adam
cmp r/model.safetensors s/model.safetensors || fail 'a resumed run gives other bits'

# ---- real tables ----
shared=$root/../shared/data/tabular
if [ -d "$shared" ]; then
    gzip -dc "$shared/adult.data.gz" | head -n 3000 > adult.csv
    run train adult.csv target=-1 -q out=adult epochs=4
    is 'adult' "$code" 0
    run evaluate adult --assert 'accuracy>=0.82'
    is 'adult is learned' "$code" 0
    run train "$shared/penguins.csv" target=species -q out=penguins
    run evaluate penguins --assert 'accuracy>=0.95'
    is 'penguins are learned' "$code" 0
    tail -n +2 "$shared/iris.csv" | sed 's/,0$/,setosa/; s/,1$/,versicolor/; s/,2$/,virginica/' > iris.csv
    run train iris.csv target=-1 -q out=iris
    run evaluate iris --assert 'accuracy>=0.9'
    is 'iris is learned' "$code" 0
    run train "$shared/california-housing.csv" target=median_house_value -q out=california epochs=5
    run evaluate california --assert 'root_mean_squared_error<=64000, root_mean_squared_error>=40000'
    is 'california is learned' "$code" 0
else
    echo "no $shared: the real tables are left out"
fi
finish
