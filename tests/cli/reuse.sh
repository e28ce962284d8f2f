#!/bin/sh
# Reuse in run files: a trained body under a new head, frozen for some epochs; resumed bit for bit; classes picked.
. tests/cli/common

cat > a.yaml <<'END'
data: digits | drop_classes(0, 1) | shuffle
model:
  - input(64)
  - rescaling(1/16)
  - dense(24, activation=elu, name=low)
  - batch_normalization(name=norm)
  - dense(16, activation=elu, name=high)
  - dense(8, activation=softmax, name=head)
epochs: 3
seed: 5
out: a
END
cat > b.yaml <<'END'
data: digits | keep_classes(0, 1) | take(100) | shuffle
validation: digits | keep_classes(0, 1) | skip(100)
start: a
cut: 1
freeze: '*'
frozen_epochs: 3
frozen_optimizer: adam(1e-2, use_ema=true)
learning_rate_factors: ['low=0.1', 'norm=0']
model:
  - dropout(0.2)
  - dense(1, activation=sigmoid)
optimizer: nadam(cosine_decay(1e-3, 100))
loss: binary_crossentropy
metrics: [accuracy]
observers: [reduce_lr_on_plateau(patience=1, factor=0.5)]
epochs: 7
END

run train a.yaml --json
is 'task a' "$code" 0
cp a/model.safetensors donor

run train b.yaml out=whole
is 'task b' "$code" 0
has 'task b' "$err" '^epoch 1/7 '
has 'task b' "$err" '^epoch 7/7 '
is 'task b: history' "$(wc -l < whole/history.csv)" 8
is 'task b: seconds grow' "$(awk -F, 'NR > 2 && $NF + 0 < before { print "no" } { before = $NF + 0 }' whole/history.csv)" ''
cmp donor a/model.safetensors || fail 'the donor has changed'
run summary whole
has 'task b: the cut head is gone, nothing stays frozen' "$out" 'Non-trainable params: 48'
lacks 'task b: the cut head is gone' "$out" 'head'

# ---- resumed in either phase, and where one ends ----
for epochs in 2 3 5; do
    run train b.yaml out=part$epochs epochs=$epochs -q
    is "stopped after $epochs" "$code" 0
    run train --resume part$epochs epochs=7 -q
    is "resumed after $epochs" "$code" 0
    checks=$((checks + 1))
    cmp whole/model.safetensors part$epochs/model.safetensors || fail "resumed after $epochs: another model"
    sed 's/,[^,]*$//' whole/history.csv > one
    sed 's/,[^,]*$//' part$epochs/history.csv > other
    cmp one other || fail "resumed after $epochs: another history"
done

# ---- frozen for good, and the file says so ----
run train b.yaml out=frozen epochs=2 -q
run summary frozen
has 'frozen' "$out" '^Trainable params: 17 '
run train b.yaml start=frozen cut=0 model=[] freeze=low unfreeze='*' frozen_epochs=1 epochs=2 out=again -q
is 'from a frozen one' "$code" 0
run summary again
has 'from a frozen one' "$out" 'Non-trainable params: 48'

grep -vE '^(cut|freeze|frozen_|model|  - d)' b.yaml | sed 's/^start: a/start: frozen/' > stays.yaml
run train stays.yaml epochs=2 out=stays -q
has 'it stays frozen, and is told' "$err" 'layers that are frozen in frozen stay frozen: .*low, norm, high; freeze=none trains them'
run summary stays
has 'it stays frozen' "$out" '^Trainable params: 17 '
run train stays.yaml freeze=none epochs=2 out=melted -q
lacks 'freeze=none' "$err" 'stay frozen'
run summary melted
has 'freeze=none' "$out" 'Non-trainable params: 48'

run train stays.yaml freeze='low,norm' epochs=1 out=comma -q
has 'a comma between names' "$err" "no layer's name matches 'low,norm'"
has 'a comma between names' "$err" "hint: write | between names, as in 'low|high'; its layers: "

# ---- weights of losses are those of the run, not those of the model that it starts from ----
awk 'BEGIN { print "x,a,b"; for (i = 0; i < 40; i++) print i / 10 "," i "," 40 - i }' > ab.csv
cat > ab.yaml <<'END'
data: csv('ab.csv', inputs=[x], target=[[a], [b]])
validation: split(0.5)
loss: mse
epochs: 1
END
run train ab.yaml model='dense(4, name=low), dense(1, name=a) <- low, dense(1, name=b) <- low' outputs='a, b' \
    loss_weights='0.5, 2' out=ab -q
run train ab.yaml start=ab outputs='a, b' loss_weights='a=1, b=1' out=named -q
is 'outputs that the model has already' "$code" 0
run summary named
has 'outputs that the model has already' "$out" '^Targets: .*a.*b'
run train ab.yaml start=ab outputs=b "data=csv('ab.csv', inputs=[x], target=b)" out=less -q
is 'fewer outputs than the model has' "$code" 0
run train ab.yaml start=ab cut=b model='dense(1, name=new) <- low' outputs='a, new' out=second -q
is 'another second output' "$code" 0
is 'another second output: losses' "$(head -n 1 second/history.csv | cut -d , -f 1-4)" 'epoch,loss,a_loss,new_loss'
run train ab.yaml start=ab learning_rate_factors='low=0.5, */bias=2' out=slow -q
is 'factors' "$code" 0
lacks 'factors of the run itself' "$err" 'factors of'
run train ab.yaml start=slow out=kept -q
has 'factors are kept, and told' "$err" "learning rate factors of slow stay: low=0.5; \*/bias=2; learning_rate_factors='LAYERS=1' ends them"
run train ab.yaml start=slow learning_rate_factors='low=1, */bias=1' out=ended -q
lacks 'factors that the run sets' "$err" 'stay'
run train ab.yaml start=ended out=again2 -q
lacks 'factors that have ended' "$err" 'stay'
run train ab.yaml start=ab out=plain -q
tail -n 1 plain/history.csv | awk -F, -v OFS=, '{ print ($2 - $3 - $4) ^ 2 < 1e-6 * $2 ^ 2 ? "sum" : $0 }' > summed
is 'the sum of both losses' "$(cat summed)" sum
run train ab.yaml start=ab loss_weights='0.5, 2' out=weighted -q
tail -n 1 weighted/history.csv | awk -F, '{ print ($2 - $3 / 2 - $4 * 2) ^ 2 < 1e-6 * $2 ^ 2 ? "sum" : $0 }' > summed
is 'the weighted sum' "$(cat summed)" sum

# ---- factors on the command line, in quotes or not ----
run train b.yaml out=bare learning_rate_factors='[low=0.1, norm=0]' -q
is 'factors' "$code" 0
run train b.yaml out=quoted learning_rate_factors="['low=0.1', 'norm=0']" -q
is 'factors in quotes' "$code" 0
cmp bare/model.safetensors quoted/model.safetensors || fail 'factors in quotes: another model'
run train b.yaml out=biases learning_rate_factors="['*/bias=0.1']" -q
is 'factors of parameters' "$code" 0
run train b.yaml out=unknown learning_rate_factors="['*/bais=0.1']" -q
is 'factors of no parameter' "$code" 2
has 'factors of no parameter' "$err" "matches '[*]/bais'"

# ---- layers cut by name ----
run train b.yaml cut='head|high' out=shorter epochs=1 -q
is 'cut by name' "$code" 0
run summary shorter
lacks 'cut by name' "$out" 'high'

# ---- what is wrong is said before the first step ----
bad()
{
    what=$1
    shift
    run train b.yaml out=bad "$@"
    is "$what" "$code" 2
    has "$what" "$err" "$what"
    [ ! -e bad ] || fail "$what: leaves a folder"
}
bad "no layer's name matches 'conv" freeze='conv*'
bad 'its layers: .*low, norm, high' freeze='conv*'
lacks 'where: the key alone' "$err" 'plm_'
bad "no layer's name matches 'conv" unfreeze='conv*'
has 'where: the key' "$err" 'where: unfreeze$'
bad '7 layers cannot be removed from a model of 6' cut=7
bad "layer 'norm' takes the output of 'low'" cut=low
bad 'all layers with parameters are frozen' model=[] cut=1
bad "is not a learning rate factor" learning_rate_factors='[low]'
bad 'cannot be multiplied by -1' learning_rate_factors='[low=-1]'
bad "unknown optimizer 'adm'" optimizer=adm
bad "unknown optimizer 'sdg'" frozen_optimizer=sdg
run train b.yaml start=nowhere out=bad
is 'no donor' "$code" 5
run train b.yaml start=b.yaml out=bad
is 'a donor that is none' "$code" 3
run train b.yaml out=a
is 'the donor is not overwritten' "$code" 2
has 'the donor is not overwritten' "$err" 'would overwrite the model that it starts from'
cmp donor a/model.safetensors || fail 'the donor has changed'
sed '/^start/d' b.yaml > c.yaml
run train c.yaml
is 'cut without start' "$code" 2
has 'cut without start' "$err" 'cut has no effect without start'
printf '%s\n' 'data: csv("x.csv", target=y) | take(4)' 'start: a' 'model: [dense(1)]' > d.yaml
printf 'u,v,y\n1,2,3\n2,3,4\n3,4,5\n4,5,6\n' > x.csv
run train d.yaml out=bad
is 'data that does not fit the donor' "$code" 2
has 'data that does not fit the donor' "$err" 'the model takes \[n, 64\]'

finish
