#!/bin/sh
# Lines that are copied from programs for Keras: what can be meant is understood, and what cannot is told in words that say
# how to write it.
. tests/cli/common

# file LINE...: writes net.yaml
file() { printf '%s\n' 'data: digits | shuffle | batch(32)' 'validation: split(0.2)' 'epochs: 2' "$@" > net.yaml; }

# ---- a list with quotes, which YAML cannot read ----
file "model: [Dense(20, 'relu'), Dense(10, 'softmax')]  # two layers" 'metrics: [SparseCategoricalAccuracy()]' \
    "observers: [EarlyStopping('val_sparse_categorical_accuracy', patience=3), ModelCheckpoint('best-{val_acc:.2f}.st', 'val_sparse_categorical_accuracy')]"
run train net.yaml -q out=a
is 'a list with quotes' "$code" 0
has 'its layers' a/run.yaml "^  - Dense(20, 'relu')$"
has 'its observers' a/run.yaml "^  - EarlyStopping('val_sparse_categorical_accuracy', patience=3), ModelCheckpoint('"
has 'the name of the metric' a/history.csv '^epoch,loss,sparse_categorical_accuracy,val_loss,val_sparse_categorical_accuracy,'
is 'a mark of another name' "$(find a -name 'best-0.*.st' | wc -l | tr -d ' ')" 2
file 'model: [' ' Dense(20, "relu"), # the first' ' Dense(10, "softmx")' ']'
run train net.yaml
is 'a wrong word in it' "$code" 2
has 'its place' "$err" 'net.yaml:4:8, model.1: layer 2'
has 'its hint' "$err" 'did you mean softmax?'
file 'model: [Dense(20, "relu"'
run train net.yaml
has 'not closed' "$err" 'a list in brackets is not closed'
has 'not closed' "$err" 'close it by \], or write each item on a line of its own'
file 'model: [Dense(10, "softmax")]' 'loss: "mse" mae'
run train net.yaml
is 'no words of libyaml' "$code" 2
lacks 'no words of libyaml' "$err" 'expected key'
has 'no words of libyaml' "$err" 'a line does not fit the lines above'

file 'model: [dense(10, activation=softmax)]' 'optimizer = Adam()'
run train net.yaml
has 'a key with =' "$err" "hint: write 'optimizer: ...'"
file 'model: [dense(10, activation=softmax)]' 'rate = 0.1'
run train net.yaml
has 'another name with =' "$err" "'  - rate = ...'"
file 'model: [dense(10, activation=softmax)]' 'loss: "mse' 'metrics: mae'
run train net.yaml
has 'where a text begins that is not closed' "$err" 'where: net.yaml:5:7'
# ---- dropout after the softmax: the loss is that of probabilities, and the doctor is not needed to see the fault ----
file 'model: [Dense(10, "softmax"), Dropout(0.5)]'
run train net.yaml --dry-run
is 'dropout at the end' "$code" 0
has 'dropout at the end' "$err" "the output 'dropout' itself passes dropout or noise"
has 'dropout at the end' "$out" '^  - sparse_categorical_crossentropy$'

# ---- functions ----
for observers in '- LearningRateScheduler(lambda epoch, lr: lr * 0.9)' ' [LearningRateScheduler(lambda epoch, lr: lr * 0.9)]'; do
    file 'model: [dense(10, activation=softmax)]' 'observers:' "  $observers"
    run train net.yaml
    is "$observers" "$code" 2
    has "$observers" "$err" "a function cannot be given here"
    has "$observers" "$err" "sgd(per_epoch('0.01 \* 0.95 \*\* epoch'))"
    has "$observers" "$err" 'in C, plm_run_set_learning_rate'
done
run train digits model.0='Lambda(lambda x: x * 2)'
has Lambda "$err" 'a model cannot contain code'
run train digits optimizer='adam(lambda: 0.1)'
has 'another function' "$err" 'a rule of the learning rate is a formula'

# ---- kinds at the wrong place ----
run train digits optimizer='cosine_decay(0.01, 1000)'
has 'a schedule' "$err" 'cosine_decay is a schedule: adam(learning_rate=cosine_decay(...))'
run train digits loss=adam
has 'an optimizer' "$err" 'adam is an optimizer: optimizer: adam'
run train digits model.1='early_stopping(patience=3)'
has 'an observer' "$err" 'early_stopping is an observer: observers: \[early_stopping\]'
run train digits optimizer=sgdd
has 'a typing error' "$err" 'did you mean sgd?'

run train digits validation=0.2
is 'a share' "$code" 2
has 'a share' "$err" 'hint: write split(0.2), or other data'
run train digits validation_split=0.2
has 'validation_split' "$err" 'validation: split(0.2)'

# ---- the star is at the epoch whose weights are kept ----
for observers in "EarlyStopping(monitor='val_accuracy', patience=9, restore_best_weights=True)" "best_weights(monitor='val_acc')"; do
    run train digits epochs=8 out=kept optimizer='sgd(1)' overwrite=true observers="$observers"
    best=$(awk -F, 'NR > 1 && $5 > best { best = $5; epoch = $1 } END { print epoch }' kept/history.csv)
    least=$(awk -F, 'NR == 2 || (NR > 2 && $4 < best) { best = $4; epoch = $1 } END { print epoch }' kept/history.csv)
    is "$observers: the two differ" "$([ "$best" != "$least" ] && echo yes)" yes
    is "$observers: its weights" "$(sed -n 's/^weights  *of epoch \([0-9]*\),* .*/\1/p' "$out")" "$best"
    is "$observers: the last star" "$(sed -n 's/^epoch \([0-9]*\)\/.* \* .*/\1/p' "$err" | tail -n 1)" "$best"
    run runs ls .
    is "$observers: runs" "$(awk '$1 == "kept" { print $8 }' "$out")" "$best"
done

# ---- names of no library ----
for metric in mcc cohen_kappa specificity; do
    run train digits metrics=$metric
    has $metric "$err" "hint: $metric: "
    lacks $metric "$err" Keras
done

# ---- files of other formats ----
run train digits observers="ModelCheckpoint('best.keras', save_best_only=True)" out=b
is 'best.keras' "$code" 2
has 'best.keras' "$err" 'a checkpoint is a safetensors file, and no .keras file'
has 'best.keras' "$err" "write 'b/best.safetensors'"

run train digits observers="[ModelCheckpoint('best/of/net.safetensors', save_best_only=True), CSVLogger('logs/a.csv')]" epochs=1 out=f1 -q
is 'folders of observers' "$code" 0
is 'folders of observers' "$(cd f1 && ls best/of/net.safetensors logs/a.csv 2>&1)" "$(printf 'best/of/net.safetensors\nlogs/a.csv')"
mkdir f2 && : > f2/taken
run train digits observers="ModelCheckpoint('taken/net.safetensors')" epochs=1 out=f2
is 'a folder that cannot be made' "$code" 5
has 'a folder that cannot be made' "$err" "cannot make the folder 'f2/taken'"
lacks 'a folder that cannot be made: no epoch before' "$err" 'epoch 1'

# ---- the command line ----
for words in '--epochs 5' '--epochs=5'; do
    # shellcheck disable=SC2086 # words
    run train digits $words
    has "$words" "$err" 'write epochs=VALUE, without dashes'
done
for words in 'epochs 5' 'epochs = 5'; do
    # shellcheck disable=SC2086 # words
    run train digits $words
    has "$words" "$err" 'write epochs=VALUE as one word'
done
run fit digits
has fit "$err" 'did you mean plummet train?'
run describe tf.keras.layers.Dense
has 'a module' "$out" '^layer dense'
run describe Conv2D
has 'a layer of Keras alone' "$err" "Keras's Conv2D: there are no convolutions"
run describe callbacks
has callbacks "$err" 'did you mean observer?'
run describe keras
has keras "$err" 'did you mean words?'

# ---- places and ranges ----
run train digits class_weight='{0: x}'
is 'a place without a number' "$(sed -n 's/^  where: //p' "$err")" class_weight
run explain a digits --row 1797
is 'the last row' "$code" 0
run explain a digits --row 1798
has 'no row' "$err" 'there is no row 1798: the data has the rows 1 to 1797'
run explain a 'digits | take(100)' --row 500
has 'a row that is left out' "$err" 'row 500 of 1797 is left out of the data'
run train digits model='[dense(5, name=left), dense(10, softmax) <- lefft]'
has 'no layer' "$err" 'did you mean left?'
run train digits outputs=nothing
has 'no output' "$err" 'the layers are input, '
run evaluate a digits -a 'acc>=0.01, sparse_categorical_accuracy>=0.01'
is 'other names in a condition' "$code" 0
run evaluate a digits -a 'mse<1'
has 'no such metric' "$err" "there is no metric 'mse'"
# the loss of a user is told, not a metric that the user has not set
awk 'BEGIN { print "size,kind"; for (i = 0; i < 60; i++) print i % 7 "," (i % 3 ? "a" : "b") }' > t.csv
run train t.csv target=kind loss=mse
is 'a loss of numbers for classes' "$code" 2
lacks 'a loss of numbers for classes' "$err" calibrated
has 'a loss of numbers for classes' "$err" 'the target has classes, which the loss mse cannot compare'
run train a/run.yaml -q out=c
is 'its run.yaml runs again' "$code" 0
finish
