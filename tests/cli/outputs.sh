# Sample weights, several inputs and several outputs as the command's users meet them: in tables, run files, figures,
# predictions and messages.
. tests/cli/common
auxiliary=$root/examples/auxiliary.yaml

# A table in which price = 2 a - b + 1, kind = [c > 0.5], and every fourth price is wrong but weighs nothing.
awk 'BEGIN {
    print "id,a,b,c,price,kind,weight"
    for (i = 0; i < 200; i++) {
        a = (i * 7 % 11) / 10; b = (i * 5 % 13) / 10; c = (i * 3 % 17) / 17
        wrong = i % 4 == 3; kind = (c > 0.5)
        printf "n%d,%g,%g,%g,%g,%d,%g\n", i, a, b, c, 2 * a - b + 1 + 50 * wrong, kind, wrong ? 0 : 1
    }
}' > table.csv

# ---- sample weights ----
train="train one.yaml --quiet epochs=60 checkpoint=false"
cat > one.yaml <<'END'
data: csv('table.csv', inputs=[a, b], target=price, weight=weight) | shuffle | batch(16)
model:
  - input(2)
  - dense(1)
optimizer: adam(0.1)
loss: mse
metrics: [mse(weighted=true, name=weighed), mse]
END
run $train out=weighed
is 'weights' "$code" 0
run evaluate weighed "csv('table.csv', inputs=[a, b], target=price, weight=weight)" -a 'weighed<0.01, loss<0.01, mse>100'
is 'weights: what weighs nothing teaches nothing' "$code" 0
run $train out=plain data="csv('table.csv', inputs=[a, b], target=price) | shuffle | batch(16)"
run evaluate plain "csv('table.csv', inputs=[a, b], target=price, weight=weight)" -a 'weighed>50'
is 'no weights: it does' "$code" 0
run $train out=never class_weight='[1, 2]'
is 'class_weight beside weights' "$code" 2
has 'class_weight beside weights' "$err" 'class weights and sample weights exclude each other'
sed '3s/,1$/,-1/' table.csv > bad.csv
run $train out=never data="csv('bad.csv', inputs=[a, b], target=price, weight=weight)"
is 'a negative weight' "$code" 3
has 'a negative weight' "$err" 'the weight is negative'
has 'a negative weight' "$err" "row 2 (line 3), column 'weight'"
[ ! -e never ] || fail 'a run that could not begin left a folder'

# ---- two inputs, two outputs ----
cat > two.yaml <<'END'
data: csv('table.csv', inputs=[[a, b], [c]], target=[[price], [kind]], weight=weight) | shuffle | batch(16)
validation: split(0.2)
model:
  - input(2, name=left)
  - dense(8, activation=relu, name=body)
  - input(1, name=right)
  - dense(4, activation=relu, name=other)
  - concatenate(name=both) <- body other
  - dense(1, name=price)
  - dense(2, activation=softmax, name=kind) <- both
outputs: [price, kind]
optimizer: adam(0.03)
loss: [mse, sparse_categorical_crossentropy]
loss_weights: [kind=0.5]
metrics:
  - price=[mae, mse(weighted=true)]
  - kind=accuracy
epochs: 60
END
run train two.yaml --quiet out=two
is 'two of each' "$code" 0
has 'history' two/history.csv \
    '^epoch,loss,price_loss,kind_loss,price_mae,price_mse,kind_accuracy,val_loss,val_price_loss,val_kind_loss,'
is 'loss = sum of weighed losses' "$(awk -F, 'NR > 1 { d = $2 - $3 - 0.5 * $4; if (d > 1e-5 || d < -1e-5) n++ } END { print n + 0 }' two/history.csv)" 0
has 'run.yaml keeps the weights' two/run.yaml 'kind=0.5'
run train two/run.yaml --quiet out=again
is 'run.yaml runs' "$code" 0
cmp -s two/model.safetensors again/model.safetensors || fail 'run.yaml makes another model'
whole="csv('table.csv', inputs=[[a, b], [c]], target=[[price], [kind]])"
run evaluate two "$whole" --json
has 'evaluate' "$out" '"price_loss":.*"kind_loss":.*"kind_accuracy":'
run evaluate two "csv('table.csv', inputs=[[a, b], [c]], target=[[price], [kind]], weight=weight)" -a 'kind_accuracy>0.9, price_mse<0.1'
is 'it has learned both' "$code" 0
run evaluate two "$whole" loss='[mae, sparse_categorical_crossentropy]' metrics=none
is 'another loss' "$code" 0

# ---- predictions ----
run predict two "csv('table.csv', inputs=[[a, b], [c]], target=none)"
is 'predict' "$code" 0
is 'predict: titles' "$(head -n 1 "$out")" 'price_output,kind_class,kind_probability_0,kind_probability_1'
is 'predict: rows' "$(wc -l < "$out" | tr -d ' ')" 201
run predict two "$whole" --format jsonl
has 'predict: jsonl' "$out" '^{"price_outputs":\[[-0-9.e]*\],"kind_class":[01],"kind_probabilities":\[[-0-9.e]*,[-0-9.e]*\]}$'
run predict two "$whole" --monte-carlo 2
is 'predict: deviations' "$(head -n 1 "$out")" \
    'price_mean,price_deviation,price_low,price_high,kind_class,kind_entropy,kind_mean_0,kind_mean_1,kind_deviation_0,kind_deviation_1'
run predict two "$whole" -o two.npy
is 'predict: npy' "$code" 2
has 'predict: npy' "$err" 'npy holds a single array, but the model has 2 outputs'

# ---- what does not fit ----
run predict two table.csv
is 'the columns are known' "$code $(wc -l < "$out" | tr -d ' ')" '0 201'
run predict two "csv('table.csv', inputs=[a, b], target=none)"
is 'one input for two' "$code" 2
has 'one input for two' "$err" 'the model has 2 inputs, but the data has 1'
run evaluate two "csv('table.csv', inputs=[[a, b], [c]], target=price)"
is 'one target for two' "$code" 2
has 'one target for two' "$err" 'the data has 1 target, but the model has 2 outputs'
run train two.yaml out=never loss='[mse, mse, mse]'
has 'three losses' "$err" '3 entries are given for 2 outputs'
run train two.yaml out=never loss_weights=1,-2
has 'a negative loss weight' "$err" "the loss of output 'kind' cannot have the weight -2"
has 'a negative loss weight' "$err" '^  where: loss_weights'
run train two.yaml out=never metrics='kinds=accuracy'
has 'an unknown output' "$err" "the model has no output 'kinds'"
has 'an unknown output' "$err" 'its outputs: price, kind'
grep -v '^loss' two.yaml > silent.yaml
run train silent.yaml out=chosen epochs=1
has 'no loss said' "$err" '^loss: mean_squared_error, sparse_categorical_crossentropy; '
grep -v input two.yaml | sed "1s/.*/data: csv('table.csv', inputs=[[a], [b]], target=[[price], [kind]])/" > bare.yaml
sed -i.old 's/^loss.*//; s/^  - kind=.*//' bare.yaml
run train bare.yaml out=never loss=mse
has 'inputs left to the data' "$err" 'the data has 2 inputs'

# ---- names with quotes and separators, in every table ----
cat > quoted.yaml <<'END'
data: csv('table.csv', inputs=[[a, b]], target=[[price], [kind]])
model: ["input(2)", "dense(4, name=body)", "dense(1, name='the \"price\"')", "dense(2, activation=softmax, name=kind) <- body"]
outputs: ['the "price"', kind]
loss: [mse, sparse_categorical_crossentropy]
metrics: ["kind=accuracy(name='right, \"hits\"')"]
observers: [csv_logger('log.csv'), csv_logger('log.txt', separator=' ')]
END
price='"the ""price""_loss"' hits='"kind_right, ""hits"""'
run train quoted.yaml --quiet out=quoted epochs=1
is 'quotes' "$code" 0
is 'quotes: history.csv' "$(head -n 1 quoted/history.csv)" "epoch,loss,$price,kind_loss,$hits,learning_rate,gradient_norm,seconds"
is 'quotes: csv_logger' "$(head -n 1 quoted/log.csv)" "epoch,loss,$price,kind_loss,$hits,learning_rate,gradient_norm"
is 'quotes: blanks' "$(head -n 1 quoted/log.txt)" "epoch loss $price kind_loss $hits learning_rate gradient_norm"
run train --resume quoted --quiet epochs=3
is 'quotes: resumed' "$(sed -n '1p; 4s/,.*//p' quoted/history.csv)" "epoch,loss,$price,kind_loss,$hits,learning_rate,gradient_norm,seconds
3"
is 'quotes: resumed, no cell lost' "$(sed 's/, / /' quoted/history.csv | awk -F, '{ print NF }' | uniq)" 8
"$plummet" predict quoted table.csv > answers.csv
is 'quotes: predict' "$(head -n 1 answers.csv)" '"the ""price""_output",kind_class,kind_probability_0,kind_probability_1'
run train one.yaml --quiet out=reread epochs=1 \
    data="csv('answers.csv', inputs=[kind_probability_0, kind_probability_1], target='the \"price\"_output')"
is 'quotes: read back' "$code $(cat "$err")" '0 '

# ---- an auxiliary task ----
run train "$auxiliary" --quiet out=auxiliary epochs=20
is 'auxiliary' "$code" 0
run evaluate auxiliary 'digits | rescaling(1/16) | also_target(input)' -a 'digit_accuracy>0.95, picture_mae<0.15'
is 'auxiliary: both tasks are learned' "$code" 0
for how in 'isa=plain threads=1' 'threads=3'; do
    run train "$auxiliary" --quiet out="same-$how" epochs=20 $how
    cmp -s auxiliary/model.safetensors "same-$how/model.safetensors" || fail "other bits with $how"
done
run train "$auxiliary" --quiet out=stopped epochs=7
run train --resume stopped --quiet epochs=20
cmp -s auxiliary/model.safetensors stopped/model.safetensors || fail 'a resumed run is another'
finish
