#!/bin/sh
# What people type wrong at first, and what the command says then; what it says of a run that ended early.
. tests/cli/common

awk 'BEGIN { print "size,age,price"; for (i = 0; i < 60; i++) printf "%d,%d,%d\n", i, i * 37 % 90, 3 * i + 1 }' > houses.csv
cat > houses.yaml <<'END'
data: csv('houses.csv') | shuffle | batch(8)
model: [normalization, dense(1)]
epochs: 3
END
run train houses.yaml out=first -q
is train "$code" 0

# ---- arguments that change places ----
run predict houses.csv first
is 'predict DATA MODEL' "$code" 2
has 'predict DATA MODEL' "$err" 'write the model first, then the data'
has 'predict DATA MODEL' "$err" 'hint: plummet predict first houses.csv'
run evaluate houses.csv first/model.safetensors
is 'evaluate DATA MODEL' "$code" 2
has 'evaluate DATA MODEL' "$err" 'hint: plummet evaluate first/model.safetensors houses.csv'

# ---- the target or a key without its equals sign, rows without a target ----
run train houses.csv price
is 'train TABLE COLUMN' "$code" 2
has 'train TABLE COLUMN' "$err" 'hint: to name the column to predict: plummet train houses.csv target=price'
run train houses.yaml epochs 3
has 'train RUNFILE KEY VALUE' "$err" 'hint: write epochs=VALUE as one word'
run train houses.yaml seed
has 'train RUNFILE KEY' "$err" 'hint: write seed=VALUE as one word'
run train houses.yaml more
has 'train RUNFILE WORD' "$err" 'hint: plummet train RUNFILE'
run train houses.csv target=price effort=quick epochs=2 out=priced -q
cut -d, -f1-2 houses.csv > unpriced.csv
for verb in evaluate 'explain -r 1'; do
    run $verb priced unpriced.csv
    is "$verb without targets" "$code" 3
    has "$verb without targets" "$err" "the table has no column 'price'"
    has "$verb without targets" "$err" 'hint: rows without a target can only be predicted: plummet predict; its columns: size, age'
done

# ---- a data set in place of a run file ----
for set in mnist fashion_mnist; do
    run train $set
    is "train $set" "$code" 2
    has "train $set" "$err" "$set is a data set, not a run file"
    has "train $set" "$err" "data: $set | shuffle | batch(32)"
done

# ---- files of other programs ----
run train sales.xlsx target=price
is 'a workbook' "$code" 2
has 'a workbook' "$err" 'hint: save the sheet as CSV'
run train sales.parquet target=price
has 'Parquet' "$err" 'hint: write the table as CSV, for example with to_csv of pandas'
printf 'PK\003\004zip' > book.csv
run train book.csv target=price
is 'a workbook that is named .csv' "$code" 3
has 'a workbook that is named .csv' "$err" 'the file is a ZIP archive, as workbooks of Excel are'
printf 'PAR1\000\001' > frame.csv
run train frame.csv target=price
has 'Parquet that is named .csv' "$err" 'the file is a Parquet file'

# ---- a table where a run file is wanted ----
run search houses.csv
is 'search TABLE without a target' "$code" 2
has 'search TABLE without a target' "$err" 'hint: name the column to predict: target=NAME.* Its columns: [a-z, ]*price'
printf '1,2\n3,4\n' > numbers.csv
run train numbers.csv
has 'no names' "$err" 'hint: name the column to predict: target=NAME; target=-1 is the last column$'
run train digits.yaml
has 'a built-in run with an ending' "$err" 'did you mean digits?'

# ---- a name that is not UTF-8, which run.yaml could not hold ----
name=$(printf 'na\377me.csv')
cp houses.csv "$name"
run train "$name" target=price
is 'a name that is not UTF-8' "$code" 2
has 'a name that is not UTF-8' "$err" 'is not UTF-8, so it cannot be written to run.yaml'
is 'a name that is not UTF-8: no run' "$(LC_ALL=C find runs -name '*na*' | wc -l)" 0

# ---- commands and plots that are not there ----
run runs diff first
has 'runs diff RUN' "$err" 'runs diff has too many or too few arguments'
run plot foo
has 'plot foo' "$err" 'hint: available plots: activation, init, .*history'

# ---- an unknown layer: the list has no holes ----
run train houses.yaml model.1='wxyz(3)'
is 'unknown layer' "$code" 2
has 'unknown layer' "$err" 'known: activation, activity_regularization, add, '
is 'unknown layer: names left out' "$(grep -o '\.\.\.' "$err" | wc -l | tr -d ' ')" 1
has 'unknown layer: names left out at the end alone' "$err" ', \.\.\.$'

# ---- accuracy of a number ----
run train houses.yaml metrics=accuracy -q out=accuracy
is 'accuracy of a number' "$code" 3
has 'accuracy of a number' "$err" 'hint: choose a metric of such numbers, such as mae, or none'
has 'accuracy of a number' "$err" "warning: accuracy counts correct classes, but the output 'dense' is a regression with the loss mean_squared_error"
run train houses.yaml metrics=r2_score -q out=r2
is 'a metric of numbers' "$code $(cat "$err")" '0 '
run train digits epochs=1 -q out=classes
is 'accuracy of classes' "$code $(cat "$err")" '0 '

# ---- a run of a run.yaml has the name of the run ----
run train houses.yaml epochs=1 -q
run train runs/houses-0001/run.yaml epochs=1 -q
is 'run.yaml' "$code" 0
is 'run.yaml: the name' "$(ls runs)" "$(printf 'houses-0001\nhouses-0002')"

# ---- a split that takes nothing away, whatever it is for ----
run train houses.yaml test='split(0.001)' data="csv('houses.csv') | take(1)"
is 'test: split(0.001)' "$code" 3
has 'test: split(0.001)' "$err" 'split(0.001) of 1 row keeps 0 and splits off 1'
has 'test: split(0.001)' "$err" 'houses.csv'

# ---- a run that is stopped within its first epoch; a second one while it is at work ----
cat > slow.yaml <<'END'
data: digits | batch(1)
model: [dense(500, activation=relu), dense(500, activation=relu), dense(10, activation=softmax)]
epochs: 100
END
"$plummet" train slow.yaml out=slow threads=1 > slow.out 2> slow.err &
pid=$!
tries=0
until [ -e slow/run.yaml ]; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || { fail 'slow: it did not begin'; break; }
    sleep 0.05
done
run train slow.yaml out=slow
is 'a run is at work there' "$code" 2
has 'a run is at work there' "$err" "another run is at work in this folder (process $pid)"
kill -INT $pid
wait $pid
is 'stopped within an epoch' $? 130
has 'stopped within an epoch' slow.out 's, stopped after batch [1-9][0-9]* of epoch 1$'
has 'stopped within an epoch' slow.err 'to continue: plummet train --resume slow'
run train slow.yaml out=slow
has 'no run is at work there' "$err" 'the folder already holds a run'

# ---- files that cannot grow: the run can go on later ----
code=$(ulimit -f 16; "$plummet" train --resume first epochs=3000 -q > "$out" 2> "$err"; echo $?)
is 'no space' "$code" 5
has 'no space' "$err" 'to continue, when the disk can be written again: plummet train --resume first'
run train --resume first epochs=3000 -q
is 'space again' "$code" 0
is 'space again: epochs' "$(wc -l < first/history.csv | tr -d ' ')" 3001
finish
