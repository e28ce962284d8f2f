#!/bin/sh
# Bad inputs: each gets its exit code and a message that names the place and the remedy, and leaves no file behind.
. tests/cli/common

# The run that all others spoil in one place.
cat > good.yaml <<'END'
data: digits | shuffle | batch(32)
model:
  - input(64)
  - dense(8, activation=relu)
  - dense(10, activation=softmax)
epochs: 1
END

list() { find . -mindepth 1 ! -name .out ! -name .err ! -name .before ! -name .after | sort; }

# bad CODE WORDS ARGUMENTS: WORDS is a basic regular expression that the message must hold
bad()
{
    wanted=$1
    words=$2
    shift 2
    list > .before
    run "$@"
    list > .after
    what="plummet $*"
    is "$what" "$code" "$wanted"
    has "$what" "$err" "$words"
    has "$what" "$err" '^plummet: error: '
    [ "$wanted" = 7 ] || has "$what" "$err" '^  hint: ..'
    is "$what: files" "$(comm -3 .before .after)" ""
    cases=$((cases + 1))
}
cases=0

# yaml CODE WORDS: the run file comes from standard input
yaml()
{
    cat > bad.yaml
    bad "$1" "$2" train bad.yaml
}

# ---- wrong use of the command ----
bad 2 "unknown command 'trian'" trian digits
bad 2 '`plummet describe dense` tells what it is' help dense
bad 2 '`plummet describe epochs` tells what it is' help epochs
bad 2 '`plummet help` lists the commands' help nothing_at_all
bad 2 'did you mean train?' trian digits
bad 2 'unknown option --jsonn' --jsonn
bad 2 'did you mean --json?' train --jsonn digits
bad 2 'did you mean --dry-run?' train --dryrun digits
# a key that belongs elsewhere
bad 2 'rows is a key of plummet explain' train good.yaml rows=3
bad 2 'by is a key of plummet evaluate' train good.yaml by=x
bad 2 'horizon is a key of plummet predict' evaluate net horizon=3
bad 2 'optimizer is a key of run files, for plummet train and others' predict net few.csv optimizer=adam
bad 2 'patience is an argument of early_stopping and others, in the key observers' train good.yaml patience=3
bad 2 'units is an argument of dense, in the key model' train good.yaml units=3
bad 2 'use_ema is an argument of every optimizer, in the key optimizer' train good.yaml use_ema=true
bad 2 'inputs is an argument of csv and others, in the key data' train good.yaml inputs=x
bad 2 'write dropout in the key model' train good.yaml dropout=0.5
bad 2 'did you mean epochs?' train good.yaml epoch=3
bad 2 'has no option -x' train -x digits
bad 2 'needs a value' predict a b -o
# what is given twice is refused: the last of two would be used in silence
bad 2 'the same key is given twice' train good.yaml epochs=2 seed=1 epochs=3
bad 2 'where: model.1=relu' train good.yaml model.1='dense(4)' model.1=relu
bad 2 '^plummet: error: --output is given twice' plot activation relu -o a.svg -o b.svg
bad 2 "'dense' has a factor twice" train good.yaml learning_rate_factors='[dense=0.1, dense_1=2, dense = 0.2]'
# a word that a key does not take, also where the key has no effect
for key in overwrite report outside calibrate; do
    bad 2 "$key cannot be 'yes'" train good.yaml --dry-run $key=yes
    has "$key: the words" "$err" 'hint: write true or false$'
    bad 2 "$key cannot be 'True'" lr-find good.yaml $key=True
    run train good.yaml --dry-run $key=false
    is "$key=false" "$code" 0
done
bad 2 "doctor cannot be 'fix'" lr-find good.yaml doctor=fix
has 'doctor: the words' "$err" 'hint: write true, false, repair or doctor(repair=true)$'
bad 2 "keep cannot be 'las'" lr-find good.yaml keep=las
has 'keep: the words' "$err" 'hint: write best or last$'
bad 2 "keep cannot be ''" train good.yaml --dry-run keep=
bad 2 "effort cannot be 'best'" train good.yaml --dry-run effort=best
has 'effort: the words' "$err" 'hint: write quick, default or high$'
bad 2 "checkpoint cannot be 'yes'" lr-find good.yaml checkpoint=yes
bad 2 "time cannot be 'soon'" lr-find good.yaml time=soon
bad 2 "class_weight cannot be 'x'" lr-find good.yaml class_weight='[1, x]'
bad 2 'needs one more argument' train
bad 2 'needs one more argument' evaluate
bad 2 'too many arguments' train digits digits
bad 2 'did you mean digits?' train digit
bad 2 'built-in run: digits' train something
bad 2 'did you mean epochs?' train digits epoch=3
bad 2 'known keys: data' train digits quux=3
is 'a list that is too long ends once' "$(grep -o '\.\.\.' .err | wc -l | tr -d ' ')" 1
bad 2 'part of data' train digits batch_size=64
bad 2 "epochs cannot be '-1'" train digits epochs=-1
bad 2 "epochs cannot be 'many'" train digits epochs=many
bad 2 "epochs cannot be ''" train digits epochs=
bad 2 "seed cannot be '-1'" train digits seed=-1
bad 2 'from 0 to 256' train digits threads=1000
bad 2 'pentium' train digits isa=pentium
bad 2 'where: isa' train digits isa=pentium
bad 2 "no item '9'" train digits model.9='dense(3)'
bad 2 'epochs is not a list' train digits epochs.1=3
bad 2 "'accuracy' is not a condition" evaluate a b --assert accuracy
bad 2 'a condition is longer than 399 bytes' evaluate a b --assert "accuracy>=$(printf '%0500d' 0)"
bad 2 'did you mean csv?' predict a b --format csw
bad 2 'name a file: -o FILE' predict a b --format npy
bad 2 'densee' describe layer densee
bad 2 'layr' describe layr dense
bad 2 'did you mean layer?' describe layr
bad 2 'did you mean dense?' describe dens
bad 2 'did you mean early_stopping?' describe early_stoping
bad 2 'lists the families' describe quux
bad 2 'did you mean activation?' plot actvation
bad 2 'available plots: activation, init' plot weather
bad 2 'no finite value to draw' plot activation exponential --from 95 --to 99
bad 2 'no finite value to draw' plot activation exponential --from 95 --to 99 -o none.svg

# ---- run files ----
mkdir folder.yaml
cp good.yaml other.yml
bad 5 'nowhere.yaml' train nowhere.yaml
bad 5 'folder.yaml' train folder.yaml
bad 5 'did you mean ./good.yaml?' train ./good.yml
bad 5 'did you mean other.yml?' train other.yaml
bad 2 'did you mean good.yaml?' train good
: | yaml 2 'the run file is empty'
printf 'data: digits\n\tmodel: x\n' | yaml 2 'bad.yaml:2:1'
printf 'data: digits\nepoch: 3\n' | yaml 2 'bad.yaml:2:1'
printf 'data: digits\nepoch: 3\n' | yaml 2 'did you mean epochs?'
printf 'data: digits\ndata: digits\n' | yaml 2 twice
printf 'data: &a digits\ntest: *a\n' | yaml 2 'anchors and aliases'
printf 'data: !!str digits\n' | yaml 2 'tags are not used'
printf 'data: digits\nmodel:\n  - dense: 10\n' | yaml 2 'bad.yaml:3:5'
printf 'data: digits\nmodel:\n  -\n' | yaml 2 'an item of the list is empty'
printf 'data: [digits, batch]\n' | yaml 2 "'data' takes one value, not a list"
printf 'data: digits\nfreeze: [a]\n' | yaml 2 "freeze: 'NAME|NAME'"
printf 'data: digits\nhe = Zeros()\nepochs: 1\n' | yaml 2 'below the key define'
printf 'data: digits\n---\ndata: digits\n' | yaml 2 'a second YAML document'
printf -- '- digits\n' | yaml 2 'key: value'
printf 'data: dig\377its\n' | yaml 2 'UTF-8'
printf 'data: dig\001its\n' | yaml 2 'bad.yaml'
printf 'model: [dense(3)]\n' | yaml 2 'names no data'
printf 'data: digits\n' | yaml 2 'has no key model'
printf 'data: digits\nmodel:\n  - dense(10, unit=3)\n' | yaml 2 'bad.yaml:3:5, model: layer 1'
head -c 2000000 /dev/zero | tr '\0' '#' > huge.yaml
bad 2 'larger than' train huge.yaml

# ---- specs: unknown names, keys, values, types, ranges ----
bad 2 'did you mean digits' train good.yaml data='digts'
bad 2 'did you mean shuffle' train good.yaml data='digits | shufle'
bad 2 'data' train good.yaml data='digits | | batch(2)'
bad 2 'batch' train good.yaml data='digits | batch(0)'
bad 2 'batch' train good.yaml data='digits | batch(-3)'
bad 2 'batch' train good.yaml data='digits | batch(many)'
bad 2 'batch' train good.yaml data='digits | batch(2.5)'
bad 2 'fraction' train good.yaml validation='split(2)'
bad 3 'row' train good.yaml validation='split(1)'
bad 2 'did you mean dense' train good.yaml model.1='dens(3)'
bad 2 'model.1' train good.yaml model.1='dens(3)'
bad 2 'did you mean units' train good.yaml model.1='dense(unit=3)'
bad 2 'units' train good.yaml model.1='dense'
bad 2 'units' train good.yaml model.1='dense(0)'
bad 2 'units' train good.yaml model.1='dense(2.5)'
bad 2 'units' train good.yaml model.1="dense('many')"
bad 2 'did you mean relu' train good.yaml model.1='dense(3, activation=relo)'
bad 2 'did you mean he_normal' train good.yaml model.1='dense(3, kernel_initializer=he_norml)'
bad 2 'model.1' train good.yaml model.1='dense(3'
# init: a file that is not there, a column that is not, with the names that it could be
printf 'first,second,y\n1,2,3\n2,3,4\n4,5,6\n' > few.csv
awk 'BEGIN { for (i = 0; i < 60; i++) printf "%scolumn_%d", i ? "," : "", i; print ""; for (k = 0; k < 9; k++) { for (i = 0; i < 60; i++) printf "%s%d", i ? "," : "", i * k % 7; print "" } }' > wide.csv
bad 5 "no file 'none.csv'" init none.csv target=y
bad 2 "no column 'z'" init few.csv target=z
bad 2 'hint: columns: first, second, y$' init few.csv target=z
bad 2 "did you mean 'second'?" init few.csv target=secnd
bad 2 'column_0, column_1, .* (60 columns)$' init wide.csv target=z
rm few.csv wide.csv

# What a layer refuses when the net is built names the layer, too.
bad 2 'where: .*layer 1, reshape(7)' train good.yaml model.1='reshape(7)'
bad 2 'where: .*layer 1, permute(2, 1)' train good.yaml model.1='permute(2, 1)'
bad 2 'where: .*layer 1, dense(8, activity_regularizer=orthogonal)' train good.yaml model.1='dense(8, activity_regularizer=orthogonal)'
bad 2 'where: .*layer 1, spectral_normalization(relu)' train good.yaml model.1='spectral_normalization(relu)'
bad 2 'the wrapped layer already has a constraint' train good.yaml model.1='spectral_normalization(dense(3, kernel_constraint=max_norm))'
bad 2 'axis 1 is named twice' train good.yaml model.1='layer_normalization(axis=[1, -1])'
bad 2 'axis 2' train good.yaml model.1='layer_normalization(axis=2)'
bad 2 'class_id is not a class' train good.yaml loss=categorical_crossentropy data='digits | one_hot(10) | batch(32)' metrics='[precision(class_id=12)]'
bad 2 'target_class_ids must be whole numbers from 0' train good.yaml metrics='[iou(num_classes=10, target_class_ids=[0, 12])]'
bad 2 'num_classes is not the number of outputs' train good.yaml metrics='[mean_iou(num_classes=7)]'
bad 2 'mean_squared_error' train good.yaml loss=mean_square_error
bad 2 'did you mean .*sparse_categorical_crossentropy, .*binary_crossentropy?' train good.yaml loss=cross_entropy
bad 2 'unknown observer' train good.yaml observers=Nonsense --dry-run
bad 2 'did you mean adam' train good.yaml optimizer=adm
bad 2 'learning_rate' train good.yaml optimizer='adam(-1)'
bad 2 'learning_rate' train good.yaml optimizer='sgd(learning_rate=-1)'
bad 2 'learning_rat' train good.yaml optimizer='adam(learning_rat=1)'
bad 2 'momentum' train good.yaml optimizer='sgd(0.1, momentum=2)'
bad 2 "unknown metric 'acuracy'" train good.yaml metrics=acuracy
bad 2 'observer' train good.yaml observers=early_stoping

# ---- numbers out of their range, rules and losses that do not fit: all before the first step ----
bad 2 'rate must be between 0' train good.yaml model.1='dropout(1.0)'
bad 2 'rate must be between 0' train good.yaml model.1='dropout(-0.1)'
bad 2 'stddev must be between 0' train good.yaml model.1='gaussian_noise(-1)'
bad 2 'noise_shape does not fit' train good.yaml model.1='dropout(0.5, noise_shape=[2])'
bad 2 'the batch' train good.yaml model.1='dropout(0.5, noise_shape=[1, 64])'
bad 2 'seed must be between 0' train good.yaml model.1='dropout(0.5, seed=-3)'
bad 2 'reduction must be one of' train good.yaml loss='sparse_categorical_crossentropy(reduction=none)'
bad 2 'does not exist: an input has' train good.yaml model.1='dense(64, name=a)' model.2='concatenate(2) <- input a'
bad 2 'does not exist: an input has' train good.yaml model.1='dense(64, name=a)' model.2='dot(0) <- input a'
bad 2 'the last axes of .* differ in length' train good.yaml model.1='dense(3, name=a)' model.2='dot(1) <- input a'
bad 2 'axes has 3 numbers' train good.yaml model.1='dense(64, name=a)' model.2='dot([1, 1, 1]) <- input a'
bad 2 'save_freq must be epoch' train good.yaml observers="checkpoint('c', save_freq=0.5)"
bad 2 'val_loss.* is monitored' train good.yaml validation='split(0.1)' observers="checkpoint('c', save_best_only=true, save_freq=9)"
bad 2 'l2 must be between 0' train good.yaml model.1='dense(3, kernel_regularizer=l2(-0.1))'
bad 2 'l1 must be between 0' train good.yaml model.1='dense(3, activity_regularizer=l1(-2))'
bad 2 'known: l1, l2' train good.yaml model.1='dense(3, activity_regularizer=relu)'
bad 2 'max_value must be' train good.yaml model.1='dense(3, kernel_constraint=max_norm(-1))'
bad 2 'momentum must be' train good.yaml model.1='batch_normalization(momentum=1.5)'
bad 2 'momentum must be between 0 and 1' train good.yaml optimizer='sgd(0.1, momentum=-0.1)'
bad 2 'beta_1 must be' train good.yaml optimizer='adam(beta_1=1)'
bad 2 'above 0 and finite' train good.yaml optimizer='adam(0)'
bad 2 'exclude each other' train good.yaml optimizer='sgd(0.1, clipnorm=1, clipvalue=1)'
bad 2 'weight_decay must be' train good.yaml optimizer='adamw(weight_decay=-1)'
bad 2 'decay_steps must be a number' train good.yaml optimizer='sgd(exponential_decay(0.1, many, 0.5))'
bad 2 "values must be a number, got 'a'" train good.yaml optimizer="sgd(piecewise([5], ['a', 0.1]))"
bad 2 'its values must be 0 or more' train good.yaml optimizer="sgd(piecewise([5], [0.1, -0.1]))"
bad 2 'did you mean epoch?' train good.yaml optimizer="sgd(per_epoch('0.1 * epohc'))"
bad 2 'column 5 of "0.1 ^ 2"' train good.yaml optimizer="sgd(per_step('0.1 ^ 2'))"
bad 2 'its initial value is not given' train good.yaml optimizer="sgd(per_epoch('lr * 0.9'))"
bad 4 'rate -0.05 in epoch 4' train good.yaml epochs=5 optimizer="sgd(per_epoch('0.1 - 0.05 * epoch'))"
for rule in 0/0 '(0-1)**0.5' 'log(0-1)'; do
    bad 4 'the schedule gives the rate nan in epoch 1, step 0' train good.yaml optimizer="sgd(per_step('$rule'))"
    bad 4 'the schedule gives the rate nan in epoch 1, step 0' train good.yaml optimizer="sgd(per_epoch('$rule'))"
    bad 4 'gives the weight_decay nan in epoch 1' train good.yaml optimizer="sgd(0.1, weight_decay=per_step('$rule'))"
    bad 4 'gives the rate nan in epoch 1' train good.yaml model.1="dropout(per_step('$rule'))"
    bad 4 'gives the rate nan' plot schedule "per_step('$rule')"
done
bad 4 'the schedule gives the rate inf in epoch 1, step 0' train good.yaml optimizer="sgd(per_step('1/0'))"
bad 2 'initial_learning_rate must be finite, got inf' train good.yaml optimizer="sgd(per_epoch('lr', initial_learning_rate=inf))"
bad 2 'initial_learning_rate must be at least 0, got -1' train good.yaml optimizer="sgd(per_epoch('lr', initial_learning_rate=-1))"
bad 4 'gives the rate -1' train good.yaml optimizer="sgd(per_step('0 - 1'))"
bad 2 'label_smoothing must be' train good.yaml data='digits | one_hot(10)' loss='categorical_crossentropy(label_smoothing=1.5)'
bad 2 'delta must be' train good.yaml data='digits | one_hot(10)' loss='huber(-1)'
bad 2 'the output has one unit' train good.yaml model.2='dense(1)'
bad 2 'model takes' train good.yaml loss=binary_crossentropy
bad 3 'targets between 0 and 1' train good.yaml model.2='dense(1, activation=sigmoid)' loss=binary_crossentropy
bad 2 'class_weight has 2 numbers, but the output has 10 classes' train good.yaml class_weight='[1, 2]'
bad 2 'class_weight has a weight for class 10, but the output has 10 classes' train good.yaml class_weight='[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 9]'
bad 2 'class_weight has a weight for class 12, but the output has 10 classes' train good.yaml class_weight='{0: 1, 12: 9}'
bad 2 "class_weight names class 0 twice: '{0: 1, 3: 2, 0: 9}'" train good.yaml class_weight='{0: 1, 3: 2, 0: 9}'
bad 3 'binary_accuracy takes targets between 0 and 1' train good.yaml model.2='dense(1)' loss=mean_squared_error metrics=accuracy
bad 2 'class 3 is named twice' train good.yaml data='digits | keep_classes([3, 1, 3]) | batch(32)'
bad 2 'class 3 is named twice' train good.yaml data='digits | drop_classes([3, 1, 3]) | batch(32)'
bad 2 'class_weight.9' train good.yaml class_weight='[1, 2, 3, 4, 5, 6, 7, 8, 9, -10]'
bad 2 'the metrics are loss' train good.yaml observers=early_stopping
bad 2 'patience must be' train good.yaml observers='early_stopping(monitor=loss, patience=-1)'
bad 2 'factor must be' train good.yaml observers='reduce_lr_on_plateau(factor=2)'
bad 2 "'val_loss' is monitored" train good.yaml observers="checkpoint('net-{val_loss:.2f}.s')"
bad 2 'an unknown format' train good.yaml observers="checkpoint('net-{epoch:s}.s')"
bad 2 'close the brace' train good.yaml observers="checkpoint('net-{epoch.s')"
bad 2 'its layers: input' train good.yaml freeze='nothing*'

# ---- shapes that do not fit ----
bad 2 '63' train good.yaml model.0='input(63)'
bad 2 '.' train good.yaml model.1='flatten(3)'
bad 2 '.' train good.yaml loss=mean_squared_error
bad 3 'label' train good.yaml model.2='dense(9, activation=softmax)'

# ---- tables ----
table="model.0=input(2)"
csv()
{
    printf "$1" > bad.csv
    shift
    bad "$@" train good.yaml data="csv('bad.csv') | batch(2)" "$table" loss=mse model.2='dense(1)'
}
bad 5 'missing.csv' train good.yaml data="csv('missing.csv')"
bad 5 'folder.yaml' train good.yaml data="csv('folder.yaml')"
csv '' 3 'bad.csv'
csv 'a,b,c\n' 3 'row'
csv 'a,b,c\n1,2,3\n4,5\n6,7,8\n' 3 'line 3'
csv 'a,b,c\n1,2,3\n4,5,6,7\n' 3 'line 3'
csv 'a,b,c\n1,2,3\n4,five,6\n' 3 'five'
csv 'a,b,c\n1,2,3\n4,nan,6\n' 3 'line 3'
csv 'a,b,c\n1,2,3\n4,5,inf\n' 3 'line 3'
csv 'a,b,c\n1,2,3\n4,,6\n' 3 'line 3'
csv 'a,b,c\n1,2,3\n4,1e999,6\n' 3 'line 3'
csv 'a,b,c\n1,"2,3\n4,5,6\n' 3 'bad.csv'
printf 'a,b,c\n1,2,3\n4,5,6\n' > fine.csv
cat > classes.yaml <<'END'
data: csv('labels.csv', target=y) | shuffle | batch(8)
model: [dense(2, activation=softmax)]
loss: sparse_categorical_crossentropy
epochs: 1
END
{ printf 'x,y\n\n'; seq 1 30 | awk '{ print $1 "," ($1 == 20 ? -1 : $1 % 2) }'; } > labels.csv
bad 3 "label -1 in row 20 (line 22) of 'labels.csv' is not one of the 2 classes" train classes.yaml
bad 3 "label -1 in row 20 (line 22) of 'labels.csv'" train classes.yaml validation='split(0.2, shuffle=true)'
bad 3 "label -1 in row 19, counted from 0, of 'labels.csv'" train classes.yaml data="csv('labels.csv', stream=true)"
bad 3 "row 20 (line 22) of 'labels.csv' has -1" train classes.yaml model.0='dense(1, activation=sigmoid)' loss=binary_crossentropy
bad 3 "label -1 in row 20 (line 22) of 'labels.csv' has no weight" train classes.yaml class_weight='[1, 2]'
for weights in balanced '[1, 2]'; do # a row that the loss leaves out needs no class
    "$plummet" train classes.yaml loss='sparse_categorical_crossentropy(ignore_class=-1)' class_weight="$weights" \
        out=masked > out.txt 2>&1 || { cat out.txt; exit 1; }
    rm -rf masked
done
bad 2 'price' train good.yaml data="csv('fine.csv', target=price)" "$table"
bad 2 '7' train good.yaml data="csv('fine.csv', target=7)" "$table"
bad 2 'targt' train good.yaml data="csv('fine.csv', targt=c)" "$table"
bad 2 'has no loss\|target' train good.yaml data="csv('fine.csv', target=none)" model.0='input(3)' loss=mse

# ---- binary files: IDX, npy ----
images='\000\000\010\003\000\000\000\002\000\000\000\002\000\000\000\001'
idx() { bad "$1" "$2" train good.yaml data="idx('x.idx', 'y.idx')" "$table" model.1=flatten; }
printf '\000\000\010\001\000\000\000\002\001\002' > y.idx
: > x.idx && idx 3 'x.idx'
printf 'hello, this is no idx file' > x.idx && idx 3 'x.idx'
printf "$images"'\001\002\003' > x.idx && idx 3 'x.idx'
printf "$images"'\001\002\003\004\005' > x.idx && idx 3 'x.idx'
printf '\000\000\010\003\177\377\377\377\177\377\377\377\177\377\377\377' > x.idx && idx 3 'x.idx'
printf "$images"'\001\002\003\004' > x.idx
printf '\000\000\010\001\000\000\000\003\001\002\003' > y.idx && idx 3 'y.idx'
printf "$images"'\001\002\003\004' | gzip -c | head -c 20 > x.idx && idx 3 'x.idx'
npy() { bad 3 'x.npy' train good.yaml data="npy('x.npy')" "$table"; }
: > x.npy && npy
printf 'no array' > x.npy && npy
printf '\223NUMPY\001\000\020\000{"descr": <f4}\n ' > x.npy && npy
printf "\\223NUMPY\\001\\000\\106\\000{'descr': '<f4', 'fortran_order': False, 'shape': (9, 3), }           \\n1234" > x.npy && npy
bad 5 'mnist' train good.yaml data=mnist data_dir="$work/folder.yaml"

# ---- where results cannot be written ----
: > file
bad 5 'file' train good.yaml out=file/below
bad 5 'file' train good.yaml out=file
if [ "$(id -u)" != 0 ]; then
    mkdir locked && chmod 500 locked
    bad 5 'locked' train good.yaml out=locked/run
fi
"$plummet" help > /dev/full 2>.err; is 'help > /dev/full' $? 5

# ---- models ----
run train good.yaml out=model
is 'a good run' "$code" 0
model=model/model.safetensors
bad 5 'missing.safetensors' evaluate missing.safetensors digits
bad 5 'missing.safetensors' summary missing.safetensors
: > bad.safetensors && bad 3 'bad.safetensors' evaluate bad.safetensors digits
printf 'this is not a model file' > bad.safetensors && bad 3 'bad.safetensors' evaluate bad.safetensors digits
head -c 100 $model > bad.safetensors && bad 3 'bad.safetensors' evaluate bad.safetensors digits
size=$(wc -c < $model)
head -c $((size - 1)) $model > bad.safetensors && bad 3 'bad.safetensors' evaluate bad.safetensors digits
{ cat $model; printf 'x'; } > bad.safetensors && bad 3 'bad.safetensors' evaluate bad.safetensors digits
{ printf '\377\377\377\377\377\377\377\177'; tail -c +9 $model; } > bad.safetensors
bad 3 'bad.safetensors' evaluate bad.safetensors digits
bad 5 'missing.csv' evaluate model missing.csv
bad 2 '64' evaluate model fine.csv
bad 2 '64 values per row, but the data has' predict model fine.csv
is 'predict with other columns: nothing is written' "$(cat "$out")" ''
bad 7 'accuracy>=1.01 does not hold' evaluate model digits --assert 'accuracy>=1.01'
bad 2 'did you mean accuracy?' evaluate model digits --assert 'acuracy>=0.1'
bad 5 'file/below' predict model digits -o file/below
"$plummet" predict model digits > /dev/full 2>.err; is 'predict > /dev/full' $? 5

# ---- numbers that run away: the folder is kept for the doctor, without a model ----
run train good.yaml optimizer='sgd(1e30)' out=diverged
is 'diverged' "$code" 4
has 'diverged' "$err" 'no longer finite'
has 'diverged' "$err" 'plummet doctor diverged$'
is 'diverged: files' "$(ls diverged | tr '\n' ' ')" 'doctor.json doctor.txt history.csv readings.csv run.yaml '
rm -r diverged

# ---- a full disk: a small file system in memory, for root only ----
mkdir full
if mount -t tmpfs -o size=16k tmpfs full 2>/dev/null; then
    head -c 12k /dev/zero > full/taken 2>/dev/null
    run train good.yaml out=full/run
    is 'full disk' "$code" 5
    has 'full disk' "$err" 'hint: '
    is 'full disk: files' "$(find full/run -type f ! -name run.yaml ! -name history.csv 2>/dev/null)" ''
    umount full
else
    echo 'full disk: skipped, no right to mount'
fi

# ---- keys and options that do not fit what they are given with ----
bad 2 'calibrate needs validation rows to fit its temperature, but the run has none' train digits calibrate=true validation=none
bad 2 "doctor cannot be 'maybe'" train digits doctor=maybe
bad 2 "json can only print a whole family, not only 'dense'" describe layer dense --json
bad 2 'nothing is repaired' doctor digits -o fixed.yaml
bad 2 "unknown level 'all'" doctor digits --fail-on all
bad 2 "x cannot be '1000'" plot activation relu --from 1000
bad 2 "x cannot be '-101'" plot activation relu --to -101
for fan in 3 3,x 0,5 5,0 100001,1 1,100001 100000,101 1,2,3; do
    bad 2 "fan cannot be '$fan'" plot initializer he_normal --fan $fan
done

# ---- spaces of a search ----
# space WORDS ITEM...: a run file with these items in its key search
space()
{
    words=$1
    shift
    { printf 'data: digits\nmodel: [dense(10)]\nsearch:\n'; printf '  - %s\n' "$@"; } > space.yaml
    bad 2 "$words" search space.yaml
}
space 'the choice is empty' 'a = choice()'
space "'uniform(2, 1)' does not have two numbers in ascending order" 'a = uniform(2, 1)'
space 'ascending order from above 0' 'a = log_uniform(0, 1)'
space "is not a name and a range" 'uniform(0, 1)'
space "'normal(0, 1)' is no range" 'a = normal(0, 1)'
# shellcheck disable=SC2046
space 'the choice has 65 values, more than 64' "a = choice($(seq -s ', ' 65))"
# shellcheck disable=SC2046
space 'the search has more than 32 names' $(seq -f 'a%g=uniform(0,1)' 33)

# ---- a file that grows over the limit of the shell: told, and no piece is left ----
mkdir limited
code=$(ulimit -f 8; "$plummet" train good.yaml model.1='dense(400)' out=limited/run > .out 2> .err; echo $?)
is 'file limit' "$code" 5
has 'file limit' "$err" 'hint: '
is 'file limit: files' "$(find limited/run -type f ! -name run.yaml ! -name history.csv 2>/dev/null)" ''

# ---- tables from a pipe are read twice ----
printf 'a,y\n1,0\n2,1\n' | "$plummet" train good.yaml data="csv('/dev/stdin', target=y)" out=piped > .out 2> .err
is 'a table from a pipe' $? 5
has 'a table from a pipe' "$err" 'hint: give a file instead of a pipe'

echo "$cases bad inputs"
finish
