#!/bin/sh
# Every verb does its work: files of a run, overrides, figures, predictions, exit codes.
. tests/cli/common

# ---- a run without a file ----
run train digits epochs=3 seed=7
is 'train digits' "$code" 0
has 'train digits' "$out" '^test accuracy  *0\.[0-9]*$'
has 'train digits' "$out" 'runs/digits-0001/model.safetensors$'
is 'points of the figures in one column' "$(awk '/^(test|training) / { print index($0, ".") }' "$out" | uniq | wc -l | tr -d ' ')" 1
has 'the time' "$out" '^training  *[0-9.]* s, 3 epochs$'
is 'files of a run' "$(ls runs/digits-0001 | tr '\n' ' ')" 'checkpoint.safetensors history.csv model.safetensors report.html run.yaml '
is 'header of the history' "$(head -n 1 runs/digits-0001/history.csv)" 'epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,gradient_norm,seconds'
is 'rows of the history' "$(wc -l < runs/digits-0001/history.csv | tr -d ' ')" 4
has 'run.yaml' runs/digits-0001/run.yaml '^seed: 7$'
has 'run.yaml' runs/digits-0001/run.yaml '^epochs: 3$'

# ---- the resolved run file runs again, to the same bits, in the next folder ----
run train runs/digits-0001/run.yaml name=digits
is 'train run.yaml' "$code" 0
cmp -s runs/digits-0001/model.safetensors runs/digits-0002/model.safetensors || fail 'run.yaml gives another model'
mkdir runs/digits-0041
run train digits epochs=1 -q
is 'counted up' "$code $(ls -d runs/digits-0042)" '0 runs/digits-0042'
is 'quiet' "$(cat "$err")" ''
run train digits epochs=1 name='my run' -q
is 'name=' "$(ls -d runs/my-run-0001)" runs/my-run-0001

# ---- overrides of each kind of key ----
run train digits epochs=1 out=a/b threads=1 isa=plain optimizer='sgd(0.1)' model.2='dense(5)' metrics='accuracy, sparse_categorical_crossentropy' \
    data='digits | batch(64)' validation=none test='digits | take(100)'
is 'overrides' "$code" 0
is 'overrides' "$(head -n 1 a/b/history.csv)" 'epoch,loss,accuracy,sparse_categorical_crossentropy,learning_rate,gradient_norm,seconds'
has 'overrides' a/b/run.yaml '^optimizer: sgd(0.1)$'
has 'overrides' a/b/run.yaml '^  - dense(5)$'
run train digits epochs=1 out=same 'model=[rescaling(1/16), dense(10, activation=softmax)]' 'metrics=[]'
is 'a model of one line, the input from the data' "$code" 0
run train digits epochs=1 out=same overwrite=true
is 'a folder may be used again' "$code" 0

# ---- a dry run writes nothing ----
before=$(find . | sort)
run train digits --dry-run epochs=5
is 'dry run' "$code" 0
has 'dry run' "$out" '^epochs: 5$'
has 'dry run' "$out" '16,640'
is 'dry run' "$(find . | sort)" "$before"

# ---- YAML in its forms ----
cat > forms.yaml <<'END'
%YAML 1.1
---
"data": 'digits | batch(32)'   # a comment
validation: split(0.1,
  shuffle=true)
model: [input(64), "rescaling(1/16)", dense(10, activation=softmax)]
metrics:
  - accuracy
epochs: 1
END
run train forms.yaml out=forms
is 'forms of YAML' "$code" 0
is 'forms of YAML' "$(head -n 1 forms/history.csv)" 'epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,gradient_norm,seconds'

# ---- evaluate ----
model=runs/digits-0001
run evaluate $model digits
is evaluate "$code" 0
has evaluate "$out" '^rows  *1797$'
has evaluate "$out" '^accuracy  *0\.[0-9]*  0\.[0-9]* to [01]\.[0-9]*$'
is 'points of evaluate' "$(awk '/^(loss|accuracy) / { print index($0, ".") }' "$out" | uniq | wc -l | tr -d ' ')" 1
run evaluate $model/model.safetensors 'digits | take(100)' --assert 'accuracy>=0.1, loss<100'
is 'evaluate --assert' "$code" 0
run evaluate $model digits --assert 'accuracy>1'
is 'evaluate --assert' "$code" 7
run evaluate $model digits metrics='accuracy, sparse_top_k_categorical_accuracy(3)'
is 'evaluate metrics=' "$code" 0
has 'evaluate metrics=' "$out" top_k

# ---- predict ----
run predict $model 'digits | take(100)'
is predict "$code" 0
is 'predict: rows' "$(wc -l < "$out" | tr -d ' ')" 101
has 'predict: header' "$out" '^class,probability_0,.*,probability_9$'
is 'predict: columns' "$(awk -F, 'NF != 11' "$out")" ''
is 'predict: sums' "$(awk -F, 'NR > 1 { s = 0; for (i = 2; i <= NF; i++) s += $i; if (s < 0.999 || s > 1.001) print }' "$out")" ''
is 'predict: classes' "$(awk -F, 'NR > 1 { b = 2; for (i = 3; i <= NF; i++) if ($i > $b) b = i; if ($1 != b - 2) print }' "$out")" ''
run predict $model digits -o rows.jsonl
is 'predict -o' "$code $(wc -l < rows.jsonl | tr -d ' ')" '0 1797'
has 'predict -o' rows.jsonl '^{"class":[0-9],"probabilities":\[.*\]}$'
run predict $model digits -o rows.npy
is 'predict npy' "$code $(wc -c < rows.npy | tr -d ' ')" "0 $((128 + 1797 * 10 * 4))"
has 'predict npy' rows.npy "'shape': (1797, 10)"
run predict $model "npy('rows.npy')"
is 'predict, columns that do not fit' "$code" 2

# ---- a file or a folder of the name of a built-in run: digits, made by cc -o digits or out=digits ----
mkdir digits
run train digits epochs=1 out=digits -q
is 'a folder called digits' "$code" 0
run summary digits
has 'a folder called digits: the model in it' "$out" '^optimizer '
rm -r digits
printf '\177ELF\001' > digits
run train digits epochs=1 out=named -q
is 'a file called digits' "$code" 0
run train ./digits
is 'a file called ./digits' "$code" 2
rm digits

# ---- one class only: told before the first epoch, and trained all the same ----
printf 'a,y\n1,1\n2,1\n3,1\n4,1\n' > single.csv
printf "data: csv('single.csv')\nmodel: [dense(2, activation=softmax)]\nloss: sparse_categorical_crossentropy\n" > single.yaml
run train single.yaml epochs=1 out=single
is 'one class' "$code $(grep -c '^plummet: warning: ' "$err")" '0 1'
has 'one class' "$err" '^plummet: warning: the target is 1 in every row: '
run train --resume single epochs=2
lacks 'one class, resumed' "$err" warning
printf '5,0\n' >> single.csv
run train single.yaml epochs=1 out=single overwrite=true
lacks 'two classes' "$err" warning

# ---- tables: with and without the column of answers ----
{ echo a,b,y; i=0; while [ $i -lt 40 ]; do echo "$i,$((40 - i)),$((2 * i + 1))"; i=$((i + 1)); done; } > line.csv
cut -d, -f1,2 line.csv > new.csv
cat > line.yaml <<'END'
data: csv('line.csv') | shuffle | batch(8)
model: [normalization, dense(1)]
loss: mse
END
run train line.yaml epochs=2 out=line
is 'train on a table' "$code" 0
is 'train on a table' "$(head -n 1 line/history.csv)" 'epoch,loss,learning_rate,gradient_norm,seconds'
run predict line new.csv
is 'predict a table' "$code $(wc -l < "$out" | tr -d ' ')" '0 41'
is 'predict a table' "$(head -n 1 "$out")" output
cp "$out" without
"$plummet" predict line - < new.csv > "$out" 2> "$err"
is 'predict, a file at standard input' "$?" 0
cmp -s without "$out" || fail 'predict, a file at standard input: other predictions'
gzip -c line.csv | "$plummet" predict line - > "$out" 2> "$err"
is 'predict, a pipe' "$?" 0
cmp -s without "$out" || fail 'predict, a pipe: other predictions'
cat line.csv | "$plummet" evaluate line - target=y > "$out" 2> "$err"
is 'evaluate, a pipe' "$? $(grep -c '^rows  *40$' "$out")" '0 1'
printf 'a,b\n1,2\n3,four\n' | "$plummet" predict line - > "$out" 2> "$err"
is 'predict, a bad pipe' "$?" 3
has 'predict, a bad pipe' "$err" "/dev/stdin: row 2 (line 3), column 'b'"
run predict line -
is 'predict, nothing at standard input' "$code" 3
has 'predict, nothing at standard input' "$err" 'the file is empty'
run predict line line.csv
cmp -s "$out" without || fail 'the column of answers changes predictions'
run evaluate line line.csv target=y
is 'evaluate a table' "$code" 0
has 'evaluate a table' "$out" '^loss '

# ---- summary, describe, version ----
run summary digits
has 'summary of a run file' "$out" '^memory .* train on this data: [0-9.]* MB'
lacks 'summary: 80 columns' "$out" '.\{80\}'
run summary $model
is summary "$code" 0
has summary "$out" '16,640'
run summary digits
is 'summary of a run' "$code" 0
has 'summary of a run' "$out" '16,640'
run describe
is describe "$code" 0
has describe "$out" '^layer '
run describe layer dense
has 'describe layer dense' "$out" kernel_initializer
run describe dense
has 'describe dense' "$out" kernel_initializer
run --version
is --version "$code" 0
has --version "$out" '^plummet [0-9]*\.[0-9]*\.[0-9]*$'
has --version "$out" 'instruction set  [a-z0-9]* (of:.* plain)'

# ---- no verb ----
run
is 'no verb' "$code" 2
has 'no verb' "$err" VERBS

# ---- class weights ----
run train digits epochs=1 'class_weight=[1, 1, 1, 1, 1, 1, 1, 1, 1, 9]' out=weighed
is 'class_weight' "$code" 0
has 'class_weight' weighed/run.yaml '^class_weight:'
run train digits epochs=1 'class_weight=[1, 5]' out=short
is 'class_weight for too few classes' "$code" 2
run train digits epochs=1 'class_weight=[1, x]' out=wrong
is 'class_weight that is no number' "$code" 2

finish
