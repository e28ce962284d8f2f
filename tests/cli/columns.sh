#!/bin/sh
# A model knows the columns of its table by their names: another order, columns more, columns less, no header, other tables.
. tests/cli/common

# price = 2 size + 10 rooms - age / 2; rows are the same in every table below
awk 'BEGIN { print "size,rooms,age,price"
    for (i = 0; i < 60; i++) { s = 30 + i * 37 % 90; r = 1 + int(s / 30); a = i * 53 % 80
        printf "%d,%d,%d,%.1f\n", s, r, a, 2 * s + 10 * r - a / 2 } }' > houses.csv
order() { awk -F, -v OFS=, "{ print $1 }" houses.csv; } # the columns in another order
order '$4, $3, $1, $2' > turned.csv
order '$2, $1, $3' > bare.csv
order '"h" NR, $3, $2, $1, ""' | sed '1s/.*/id,age,rooms,size,price/' > more.csv # text, and answers not known yet
order '$1, $3, $4' > less.csv
order '$1, $2, $3' > inputs.csv
sed 1d houses.csv > headless.csv
sed 1d inputs.csv > headless_inputs.csv
cut -d, -f1,2 headless.csv > headless_less.csv
sed '1s/size/Size/' turned.csv > capital.csv
sed '1s/size/area/' turned.csv > renamed.csv
cat > houses.yaml <<'END'
data: csv('houses.csv') | shuffle | batch(8)
model: [normalization, 'dense(8, activation=relu)', dense(1)]
loss: mse
epochs: 4
END
run train houses.yaml out=houses -q
is train "$code" 0
run summary houses
has summary "$out" '^Inputs: size, rooms, age$'
has summary "$out" '^Targets: price$'

# ---- predict: the same bytes from each of these ----
run predict houses houses.csv
is predict "$code $(wc -l < "$out" | tr -d ' ')" '0 61'
cp "$out" wanted
for table in turned bare more inputs capital; do
    run predict houses $table.csv
    is "predict $table" "$code $(cat "$err")" '0 '
    cmp -s wanted "$out" || fail "predict $table: other predictions"
    "$plummet" predict houses - < $table.csv > "$out" 2> "$err"
    cmp -s wanted "$out" || fail "predict $table from a file at standard input: other predictions"
    cat $table.csv | "$plummet" predict houses - > "$out" 2> "$err"
    cmp -s wanted "$out" || fail "predict $table from a pipe: other predictions"
    run predict houses "csv('$table.csv') | batch(7)"
    cmp -s wanted "$out" || fail "predict $table from a pipeline: other predictions"
    run predict houses "csv('$table.csv', stream=true) | batch(7)"
    cmp -s wanted "$out" || fail "predict $table from a streamed pipeline: other predictions"
done
run predict houses turned.csv target=price
cmp -s wanted "$out" || fail 'predict turned, target=price: other predictions'

# ---- a column that is not there ----
run predict houses less.csv
is 'predict, a column less' "$code" 3
is 'predict, a column less: no line of predictions' "$(wc -c < "$out" | tr -d ' ')" 0
has 'predict, a column less' "$err" "the table has no column 'rooms', which the model was trained on"
has 'predict, a column less' "$err" 'columns: size, age, price'
sed '1s/rooms/roms/' turned.csv > mistyped.csv
run predict houses mistyped.csv
has 'predict, a name mistyped' "$err" "did you mean 'roms'?"
run predict houses renamed.csv
is 'predict, a column renamed' "$code" 3
run predict houses "csv('renamed.csv', inputs=[area, rooms, age])"
is 'predict, said by name' "$code" 0
cmp -s wanted "$out" || fail 'predict, said by name: other predictions'
run predict houses "csv('houses.csv', inputs=[0, 1, 2])"
cmp -s wanted "$out" || fail 'predict, said by number: other predictions'
run predict houses "csv('houses.csv', inputs='size:age', target=none)"
cmp -s wanted "$out" || fail 'predict, a run of columns: other predictions'
run predict houses "csv('turned.csv', inputs='age:rooms', target=none)"
is 'predict, a run in another order' "$code" 3
has 'predict, a run in another order' "$err" "'size' was number 0 of the inputs, and now is number 1"
printf 'Size,age,SIZE_,rooms\n1,2,3,4\n' | "$plummet" predict houses - > "$out" 2> "$err"
is 'predict, two names that are alike' $? 2
printf 'size,age,size,rooms\n1,2,3,4\n' | "$plummet" predict houses - > "$out" 2> "$err"
is 'predict, a name twice' $? 2
has 'predict, a name twice' "$err" "columns 0 and 2 are both called 'size'"

# ---- without a header: by place, if the count fits, and told ----
for table in headless headless_inputs; do
    run predict houses $table.csv
    is "predict $table" "$code" 0
    cmp -s wanted "$out" || fail "predict $table: other predictions"
    has "predict $table" "$err" "warning: $table.csv has no header: its columns are taken by position, as size, rooms, age"
done
run predict houses headless_less.csv
is 'predict, no header and a column less' "$code" 2
has 'predict, no header and a column less' "$err" '3 values per row, but the data has 1'
has 'predict, no header and a column less' "$err" "in their order: \['size', 'rooms', 'age'\]"
has 'predict, no header and a column less: which was what' "$err" '(inputs: column 0; target: column 1)'
has 'predict, no header and a column less: no target' "$err" 'target=none if the table has no target column'
sed 's/$/,/' headless_inputs.csv > headless_open.csv
run predict houses headless_open.csv
cmp -s wanted "$out" || fail 'predict, no header, answers left open: other predictions'

# ---- evaluate ----
run evaluate houses houses.csv
is evaluate "$code" 0
cp "$out" wanted_loss
for table in turned capital; do
    run evaluate houses $table.csv
    is "evaluate $table" "$code $(cat "$err")" '0 '
    cmp -s wanted_loss "$out" || fail "evaluate $table: another loss"
    run evaluate houses $table.csv target=price
    cmp -s wanted_loss "$out" || fail "evaluate $table, target=price: another loss"
    run evaluate houses "csv('$table.csv', target=price) | batch(256)"
    cmp -s wanted_loss "$out" || fail "evaluate $table, pipeline: another loss"
done
cat turned.csv | "$plummet" evaluate houses - > "$out" 2> "$err"
cmp -s wanted_loss "$out" || fail 'evaluate, a pipe: another loss'
run evaluate houses headless.csv
has 'evaluate, no header: the line of a row' "$out" "^$(grep -n 267.5 headless.csv | cut -d: -f1) *267.5 "
no_lines() { sed '/^line /,$s/^[0-9]* *//' "$1"; } # a table without a header has one line less
no_lines wanted_loss > wanted_figures
no_lines "$out" | cmp -s - wanted_figures || fail 'evaluate, no header: another loss'
{ sed 9q headless.csv; echo; sed 1,9d headless.csv; } > blank.csv
run evaluate houses blank.csv
has 'evaluate, no header, a blank line: the line of a row' "$out" "^$(grep -n 267.5 blank.csv | cut -d: -f1) *267.5 "
no_lines "$out" | cmp -s - wanted_figures || fail 'evaluate, no header, a blank line: another loss'
run evaluate houses bare.csv
is 'evaluate, no answers' "$code" 3
has 'evaluate, no answers' "$err" "the table has no column 'price', which the model was trained on"
run evaluate houses less.csv
is 'evaluate, a column less' "$code" 3

# ---- the file: a function of seed and data ----
run train houses.yaml out=again -q
cmp -s houses/model.safetensors again/model.safetensors || fail 'the same run: another file'
run train houses.yaml "data=csv('headless.csv') | shuffle | batch(8)" out=nameless -q
has 'names in the file' houses/model.safetensors "\"plummet.inputs\":\"\\['size', 'rooms', 'age'\\]\""
lacks 'no names in the file' nameless/model.safetensors 'plummet.inputs'
run predict nameless houses.csv
is 'predict, nothing known' "$code $(cat "$err")" '0 '
cmp -s wanted "$out" || fail 'predict, nothing known: other predictions'
run predict nameless inputs.csv
cmp -s wanted "$out" || fail 'predict, nothing known, no answers: other predictions'

# ---- a model that knows no names takes the columns that its run takes ----
sed 's/^/7,/' headless.csv | awk -F, -v OFS=, '{ print $5, $2, $3, $4, $1 }' > first.csv # price, size, rooms, age, 7
run train houses.yaml "data=csv('first.csv', target=0, inputs='1:3') | shuffle | batch(8)" out=numbered -q
is 'columns by number' "$code" 0
cmp -s nameless/model.safetensors numbered/model.safetensors || fail 'columns by number: another model'
run predict numbered first.csv
is 'predict, the columns of the run' "$code $(cat "$err")" '0 '
cmp -s wanted "$out" || fail 'predict, the columns of the run: other predictions'
cut -d, -f1-4 first.csv > first4.csv
run predict numbered first4.csv
cmp -s wanted "$out" || fail 'predict, the columns of the run, one less that is not used: other predictions'
"$plummet" predict numbered - < first.csv > "$out" 2> "$err"
cmp -s wanted "$out" || fail 'predict, the columns of the run, standard input: other predictions'
run predict numbered headless_inputs.csv
is 'predict, a table of inputs alone' "$code" 0
cmp -s wanted "$out" || fail 'predict, a table of inputs alone: other predictions'
has 'predict, a table of inputs alone' "$err" "warning: headless_inputs.csv lacks columns of the run (inputs='1:3', target=0)"
cut -d, -f1,2 first.csv > first2.csv
run predict numbered first2.csv
is 'predict, too few columns' "$code" 2
has 'predict, too few columns' "$err" 'the file has no header: columns are 0 to 1'
run evaluate numbered first.csv
no_lines "$out" | sed /^rows/d > .figures
sed /^rows/d wanted_figures | cmp -s - .figures || fail 'evaluate, the columns of the run: another loss'
run evaluate numbered headless_inputs.csv
is 'evaluate, no target' "$code" 2
run train houses.yaml "data=csv('first4.csv', 0) | shuffle | batch(8)" out=second -q
run predict second first4.csv
cmp -s wanted "$out" || fail 'predict, the target of the run as second argument: other predictions'
run predict second first4.csv target=1
is 'predict, target= replaces that of the run' "$code" 0
cmp -s wanted "$out" && fail 'predict, target=1: the predictions of target=0'
run predict numbered/model.safetensors first.csv
is 'predict, the model file alone knows no columns' "$code" 2
has 'predict, the model file alone' "$err" '3 values per row, but the data has 4 (inputs: columns 0 to 3; target: column 4)'

# ---- training on: not with columns in another order ----
run train houses.yaml "validation=csv('turned.csv', target=price)" out=mixed -q
is 'a validation in another order' "$code" 3
has 'a validation in another order' "$err" 'the columns are in a different order than in training'
run train houses.yaml "validation=csv('turned.csv', target=price, inputs=[size, rooms, age])" out=unmixed -q
is 'a validation in another order, said' "$code" 0
cp houses.csv now.csv
run train houses.yaml "data=csv('now.csv', target=price) | shuffle | batch(8)" out=stopped epochs=2 -q
cp turned.csv now.csv
run train --resume stopped epochs=4 -q
is 'resumed on another order' "$code" 3
has 'resumed on another order' "$err" 'a resumed run must keep its rows'
cp houses.csv now.csv
run train --resume stopped epochs=4 -q
is 'resumed on the same' "$code" 0
cmp -s stopped/model.safetensors houses/model.safetensors || fail 'resumed: another file'
run train houses.yaml start=houses "data=csv('turned.csv', target=price)" out=onward -q
is 'trained on with another order' "$code" 3
run train houses.yaml start=houses "data=csv('turned.csv', target=price, inputs=[size, rooms, age])" out=onward -q
is 'trained on with another order, said' "$code" 0
sed '1s/.*/width,height,depth,sold/' houses.csv > other.csv
cat > other.yaml <<'END'
data: csv('other.csv', target=sold) | batch(8)
start: houses
model: ['dense(1, name=sold)']
loss: mse
epochs: 1
END
run train other.yaml out=other -q
is 'another task' "$code" 0
run summary other
has 'another task' "$out" '^Inputs: width, height, depth$'
has 'another task' "$out" '^Targets: sold$'

# ---- odd names: quotes, blanks, commas, UTF-8, what looks like a run, a list, a number, nothing ----
cat > head.csv <<'END'
"a, ""b""",größe  x,it's,a:c,c\d,[x],42,none
END
awk -v OFS=, 'BEGIN { for (i = 0; i < 20; i++) print i, i * 3 % 7, i * 5 % 11, i % 2, i % 3, i % 5, i % 7, i * 2 }' > rows.csv
cat head.csv rows.csv > odd.csv
cat > odd.yaml <<'END'
data: csv('odd.csv') | batch(4)
model: ['input(7)', dense(1)]
loss: mse
epochs: 2
END
run train odd.yaml out=odd -q
is 'odd names' "$code" 0
run predict odd odd.csv
cp "$out" wanted
{ printf '%s\n' 'c\d,42,größe  x,it'"'"'s,a:c,none,[x],"a, ""b"""'
    awk -F, '{ print $5, $7, $2, $3, $4, $8, $6, $1 }' OFS=, rows.csv; } > odder.csv
run predict odd odder.csv
is 'odd names, turned' "$code $(cat "$err")" '0 '
cmp -s wanted "$out" || fail 'odd names, turned: other predictions'
LC_ALL=C awk '{ gsub("\303\266", "\366"); gsub("\303\237", "\337"); print }' odder.csv > latin.csv
run predict odd latin.csv
is 'odd names in Latin-1' "$code $(cat "$err")" '0 '
cmp -s wanted "$out" || fail 'odd names in Latin-1: other predictions'

# ---- several inputs and targets keep their groups ----
{ echo "$(head -n 1 houses.csv),old"; awk -F, 'NR > 1 { print $0 "," ($3 > 40) }' houses.csv; } > both.csv
cat > two.yaml <<'END'
data: csv('both.csv', inputs=[[size, rooms], [age]], target=[[price], [old]]) | batch(8)
model:
  - input(2, name=house)
  - dense(1, name=price)
  - input(1, name=age)
  - dense(1, name=old)
outputs: [price, old]
loss: mse
epochs: 2
END
run train two.yaml out=two -q
is 'two inputs' "$code $(cat "$err")" '0 '
run summary two
has 'two inputs' "$out" '^Inputs: size, rooms; age$'
has 'two inputs' "$out" '^Targets: price; old$'
run predict two both.csv
is 'two inputs, predict' "$code $(cat "$err")" '0 '
cp "$out" wanted
run predict two more.csv
cmp -s wanted "$out" || fail 'two inputs: other predictions'
run evaluate two both.csv
is 'two inputs, evaluate' "$code" 0

# ---- table(...) encodes its columns, csv(...) does not: neither model takes the other ----
run train odd.yaml "data=table('houses.csv', target=price)" "model=[dense(1)]" out=typed -q
is 'a model of a table' "$code" 0
for verb in evaluate predict; do
    run "$verb" typed "csv('houses.csv', target=price)"
    is "a csv for a table, $verb" "$code" 3
    has "a csv for a table, $verb" "$err" 'trained on table(\.\.\.), which encodes its columns, but csv(\.\.\.) reads'
    run "$verb" houses "table('houses.csv', target=price)"
    is "a table for a csv, $verb" "$code" 3
    has "a table for a csv, $verb" "$err" 'trained on numbers as they are, but table(\.\.\.) encodes its columns'
    run "$verb" typed houses.csv
    is "the file alone, $verb" "$code" 0
done
for key in test validation; do
    run train odd.yaml "data=table('houses.csv', target=price)" "model=[dense(1)]" "$key=csv('houses.csv')" out=mixed -q
    is "a table with a csv as $key" "$code" 3
    [ ! -e mixed/model.safetensors ] || fail "a table with a csv as $key was trained"
    run train odd.yaml "data=csv('houses.csv')" "model=[dense(1)]" "$key=table('houses.csv', target=price)" out=mixed -q
    is "a csv with a table as $key" "$code" 3
done

# ---- sample weights of the training count in a file alone as in csv(..., weight=) ----
awk -F, -v OFS=, '{ print $0, NR == 1 ? "n" : NR % 3 }' houses.csv > weighted.csv
run train odd.yaml "data=csv('weighted.csv', inputs=[size, rooms, age], target=price, weight=n)" "model=[dense(1)]" \
    out=weighted -q
run evaluate weighted "csv('weighted.csv', inputs=[size, rooms, age], target=price, weight=n)" --json
sed -n 's/.*\("loss": *[0-9.e+]*\).*/\1/p' "$out" > wanted
run evaluate weighted weighted.csv --json
is 'weights of a file alone' "$(sed -n 's/.*\("loss": *[0-9.e+]*\).*/\1/p' "$out")" "$(cat wanted)"
has 'weights of a file alone' wanted 'loss'
run evaluate weighted houses.csv
has 'a file without the weights' "$err" 'weights its rows by the column n, which houses.csv lacks'

# ---- many columns, a name twice ----
awk 'BEGIN { for (i = 0; i < 1000; i++) printf "column%d,", i; print "y"
    for (k = 0; k < 12; k++) { for (i = 0; i < 1000; i++) printf "%d,", (i * k) % 9; print k } }' > broad.csv
run train odd.yaml "data=csv('broad.csv')" "model=[dense(1)]" out=broad -q
is 'a thousand columns' "$code $(cat "$err")" '0 '
run summary broad
has 'a thousand columns' "$out" '^Inputs: column0, .*, \.\.\. (1000 columns)$'
lacks 'a thousand columns: 80 columns' "$out" '.\{80\}'
run predict broad broad.csv
is 'a thousand columns, predict' "$code" 0
printf 'a,a,y\n1,2,3\n2,1,3\n3,3,5\n' > twice.csv
run train odd.yaml "data=csv('twice.csv')" "model=[dense(1)]" out=twice -q
has 'a name twice' "$err" "warning: two columns have the name 'a'"
run predict twice twice.csv
is 'a name twice: by place' "$code" 0
finish
