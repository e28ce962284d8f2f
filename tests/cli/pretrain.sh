#!/bin/sh
# plummet pretrain: autoencoders, fit, pseudo-labels; stopped anywhere it ends as if it had not been; what is wrong is said
# before the first step.
. tests/cli/common

cat > net.yaml <<'END'
data: digits | take(150) | shuffle | batch(15)
unlabelled: digits | take(1200) | shuffle
pretraining: autoencoder(2, noise=gaussian_noise(0.1), tied=true)
test: digits | skip(1200)
model:
  - rescaling(1/16)
  - dense(40, activation=elu, kernel_initializer=he_normal, name=low)
  - dense(20, activation=elu, kernel_initializer=he_normal, name=high)
  - dense(10, activation=softmax)
freeze: low
frozen_epochs: 2
optimizer: adam(1e-2)
epochs: 5
seed: 3
END

run pretrain net.yaml out=whole
is 'pretrain' "$code" 0
has 'pretrain' "$err" '^pretraining of low, layer 1 of 2$'
has 'pretrain' "$err" '^pretraining of high, layer 2 of 2$'
has 'pretrain' "$err" '^training on the labelled rows$'
has 'pretrain' "$err" '^epoch 5/5 '
has 'pretrain' "$out" '^test accuracy  *0\.7'
is 'files' "$(ls whole | tr '\n' ' ')" \
    'checkpoint.safetensors history.csv model.safetensors pretrained.safetensors pretraining.csv report.html run.yaml '
is 'pretraining.csv: columns' "$(head -n 1 whole/pretraining.csv)" 'epoch,layer,loss,learning_rate,gradient_norm,seconds'
is 'pretraining.csv' "$(cut -d, -f1,2 whole/pretraining.csv | tr '\n' ' ')" 'epoch,layer 1,1 2,1 3,2 4,2 '
has 'run.yaml' whole/run.yaml 'plummet pretrain run.yaml'

# ---- the same file from scratch, and what was pretrained for another run ----
run train net.yaml out=scratch -q
is 'from scratch' "$code" 0
[ ! -e scratch/pretrained.safetensors ] || fail 'train has pretrained'
run train net.yaml out=other start=whole/pretrained.safetensors cut=0 model=[] -q
is 'start from it' "$code" 0
cmp other/model.safetensors whole/model.safetensors || fail 'start from pretrained.safetensors: another model'

# ---- in any number of threads ----
run pretrain net.yaml out=three threads=3 -q
cmp three/model.safetensors whole/model.safetensors || fail 'three threads: another model'

# ---- resumed ----
run pretrain net.yaml out=part epochs=3 -q
run pretrain --resume part epochs=5
is 'resumed in the fit' "$code" 0
lacks 'resumed in the fit' "$err" 'pretraining of'
cmp part/model.safetensors whole/model.safetensors || fail 'resumed in the fit: another model'

mkdir stopped # as a crash leaves it after the first layer
cp whole/run.yaml stopped
run pretrain net.yaml out=first pretraining='autoencoder(2, noise=gaussian_noise(0.1), tied=true, layers=low)' epochs=1 -q
cp first/pretrained.safetensors stopped/pretrained-1.safetensors
head -3 whole/pretraining.csv > stopped/pretraining.csv
run pretrain --resume stopped
is 'resumed after a layer' "$code" 0
lacks 'resumed after a layer' "$err" 'pretraining of low'
has 'resumed after a layer' "$err" 'pretraining of high, layer 2 of 2'
cmp stopped/model.safetensors whole/model.safetensors || fail 'resumed after a layer: another model'
is 'resumed: pretraining.csv' "$(cut -d, -f1-3 stopped/pretraining.csv)" "$(cut -d, -f1-3 whole/pretraining.csv)"

# ---- Ctrl-C in the first layer ----
"$plummet" pretrain net.yaml out=int pretraining='autoencoder(1000000)' threads=1 > "$out" 2> "$err" &
pid=$!
tries=0
until [ -e int/pretraining.csv ] && [ "$(wc -l < int/pretraining.csv)" -ge 2 ]; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || { fail 'pretraining.csv never came'; break; }
    sleep 0.05
done
for how in 'net.yaml out=int' 'net.yaml out=int overwrite=true' '--resume int'; do
    # shellcheck disable=SC2086 # words
    "$plummet" pretrain $how > .out2 2> .err2
    is "two runs, $how" $? 2
done
has 'two runs' .err2 "at work in this folder (process $pid)"
"$plummet" train --resume int > .out2 2> .err2
is 'two runs, one of train' $? 2
kill -INT $pid
wait $pid
is 'Ctrl-C' $? 130
has 'Ctrl-C' "$err" 'plummet pretrain --resume int'
run evaluate int digits
is 'Ctrl-C: the model' "$code" 0
run pretrain --resume int pretraining='autoencoder(2, noise=gaussian_noise(0.1), tied=true)' -q
is 'Ctrl-C, resumed' "$code" 0
cmp int/model.safetensors whole/model.safetensors || fail 'Ctrl-C, resumed: another model'

# ---- pseudo-labels ----
run pretrain net.yaml out=pseudo pseudo_labels=0.9 pseudo_rounds=2 pseudo_epochs=4 --json -q
is 'pseudo-labels' "$code" 0
has 'pseudo-labels' "$out" '^{"event":"pretrain","layer":"low","epoch":1,"loss":'
has 'pseudo-labels' "$out" '^{"event":"pseudo_labels","round":2,"rows":[1-9]'
has 'pseudo-labels' "$out" '^{"event":"epoch","epoch":13,'
has 'pseudo-labels' "$out" '"status":"finished","epochs":13,'
is 'pseudo-labels: history' "$(wc -l < pseudo/history.csv)" 14
cp pseudo/model.safetensors before.safetensors
cksum pseudo/* > sums
run pretrain --resume pseudo
lacks 'pseudo-labels, resumed' "$err" 'round 1'
lacks 'pseudo-labels, resumed' "$err" 'warning'
has 'pseudo-labels, resumed' "$err" 'nothing to do: all epochs are done'
cksum pseudo/* | cmp - sums || fail 'pseudo-labels, resumed: files change'
rm pseudo/model.safetensors pseudo/history.csv # as a kill leaves it
run pretrain --resume pseudo -q
cmp pseudo/model.safetensors before.safetensors || fail 'pseudo-labels, resumed: another model'
is 'pseudo-labels, resumed' "$code" 0
is 'pseudo-labels, resumed: history' "$(wc -l < pseudo/history.csv)" 14

run pretrain --resume pseudo pseudo_labels=0.95
is 'another confidence' "$code" 0
has 'another confidence' "$err" 'round 1'
run pretrain net.yaml out=pseudo overwrite=true -q
[ ! -e pseudo/pseudo_labels.safetensors ] || fail 'overwrite: the rounds of the run before stay'

# ---- wrong use ----
bad()
{
    what=$1
    shift
    run pretrain net.yaml out=bad "$@"
    is "$what" "$code" 2
    has "$what" "$err" "$what"
    [ ! -e bad ] || { fail "$what: leaves a folder"; rm -r bad; }
}
bad "unknown pretraining 'autoencodr'" pretraining=autoencodr
bad 'epochs' pretraining='autoencoder(0)'
bad 'no hidden dense layer' model='[flatten, dense(10, activation=softmax)]' freeze=flatten
bad "matches 'conv'" pretraining='autoencoder(layers=conv)'
has 'matches: the key' "$err" 'where: pretraining: layers$'
has 'matches: the names' "$err" 'selects all hidden dense layers: low'
bad "pseudo_labels cannot be '2'" pseudo_labels=2
bad 'pseudo_rounds has no effect without pseudo_labels' pseudo_rounds=2
sed '/^unlabelled/d' net.yaml > none.yaml
run pretrain none.yaml
is 'no unlabelled rows' "$code" 2
has 'no unlabelled rows' "$err" 'which names the rows to train on'
printf 'a,b\n1,2\n' > two.csv
bad 'the data is \[n, 2\]' unlabelled="csv('two.csv', target=none)"
run pretrain --resume nowhere
is 'nowhere' "$code" 5
run help pretrain
has 'help' "$out" 'unlabelled'
run pretrain net.yaml -n
is 'dry run' "$code" 0
finish
