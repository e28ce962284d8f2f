#!/bin/sh
# Every word about run files that cannot be read or used, with the place that is named, and about options that cannot be.
# Held against run_file_texts.expected.
#
#   PLUMMET=build/release/plummet sh tests/cli/run_file_texts.sh --update    writes it anew: read the difference
. tests/cli/common
run doctor digits --data
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files

# file TEXT [key=value ...]: what train --dry-run says of a run file with this text; of a whole one the number of parameters
file()
{
    printf '%b' "$1" > net.yaml
    echo "# $1"
    shift
    "$plummet" train net.yaml --dry-run "$@" < /dev/null > printed 2>&1 || echo "exit $?" >> printed
    grep '^plummet\|^  [a-z]*:\|^exit\|^Total' printed
}

# given KEY=VALUE ...: the same of the run digits with these keys
given()
{
    echo "# $*"
    case " $*" in *' data='*) ;; *) set -- data='digits | take(60) | batch(20)' "$@" ;; esac
    "$plummet" train digits --dry-run "$@" < /dev/null > printed 2>&1 || echo "exit $?" >> printed
    grep '^plummet\|^  [a-z]*: \|^exit\|^Total' printed
}

data='data: digits | take(60) | batch(20)\n'
model='model:\n  - dense(8, activation=relu)\n  - dense(10, activation=softmax)\n'
{
    # ---- the file ----
    file ''
    file '\n\n# nothing\n'
    file '%YAML 9.9\n---\ndata: digits\n'
    file '%TAG a\n---\ndata: digits\n'
    file 'data'
    file '- data\n'
    file 'data:\n\tmodel: 1\n'
    file "${data}model: [dense(10\n"
    file "$data$model---\n$data"
    file "${data}$data$model"
    file "${data}modle: [dense(10)]\n"
    file "${data}model: *other\n"
    file "${data}model: &net [dense(10)]\n"
    file "${data}model: !net [dense(10)]\n"
    file "${data}model:\n  a: b\n"
    file "${data}model:\n  - - dense(10)\n"
    file "${data}model:\n  -\n"
    file "${data}model:\n"
    file "${data}model: []\n"
    file "$data"
    file "$model"
    file "${data}${model}epochs: [1, 2]\n"
    file "${data}${model}epochs:\n"
    file "${data}${model}\xff\xfe: 1\n"
    file "${data}${model}name: 'a\\\\0b'\n"
    file "$data$model"
    # ---- keys ----
    for value in 0 -1 1.5 many 1e9 99999999999999999999 ''; do
        given epochs="$value"
        given seed="$value"
        given threads="$value"
        given nets="$value"
        given time="$value"
        given steps_per_epoch="$value"
        given validation_freq="$value"
    done
    for value in 5s 2min '3 h' 1d 10x; do given time="$value"; done
    for key in overwrite checkpoint doctor calibrate outside; do
        given $key=yes
        given $key=1
        given $key=false
    done
    given keep=first
    given keep=best validation=none
    given keep=last
    given validation='split(0)'
    given validation='split(1)'
    given validation='split(0.5)' test='split(0.6)'
    given validation='split(0.001)'
    given validation='nothing.csv'
    given validation='digits | shuffel'
    given data='digits | take(0)'
    given data='digits | take(60) | batch(0)'
    given data=nowhere
    given data=''
    given optimizer='adam(0)'
    given optimizer='adam(-1)'
    given optimizer='adma'
    given optimizer='adam(0.1, beta_1=2)'
    given optimizer='adam(0.1, beta=0.5)'
    given optimizer='adam(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)'
    given optimizer='adam(0.1, learning_rate=0.2)'
    given optimizer='adam(cosine_decay(0.1))'
    given loss=mse
    given loss=categorical_crossentropy
    given loss='[mse, mae]'
    given loss_weights=2
    given loss_weights='1, 2'
    given metrics=acuracy
    given metrics='accuracy, accuracy'
    given metrics='[accuracy, f1_score]'
    given class_weight=balanced
    given class_weight='1, 2'
    given class_weight='[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]'
    given class_weight='[1, 2, 3, 4, 5, 6, 7, 8, 9, -10]'
    given class_weight='[1, x]'
    given observers='[early_stoping]'
    given observers='[early_stopping(monitor=val_acuracy)]'
    given observers='[early_stopping(patience=-1)]'
    given observers="[csv_logger('/tmp/no/where.csv')]"
    given observers="[csv_logger('../log.csv')]"
    given observers="[csv_logger('../log.csv')]" outside=true
    given nets=2 observers="[csv_logger('log.csv')]"
    given nets=2 doctor=true
    given nets=2 epochs=0
    given nets=2 freeze=dense
    given nets=2 start=nowhere
    given calibrate=true validation=none
    given calibrate=true loss=mse model='[dense(1)]'
    given start=nowhere
    given start=nowhere.safetensors
    given cut=1
    given freeze=dense
    given freeze='*'
    given unfreeze=dense
    given frozen_epochs=2
    given frozen_optimizer='adam(1)'
    given frozen_epochs=2 freeze=dense epochs=1
    given pick='[1, 2]'
    given data_dir=/nowhere
    given columns='a=number'
    given embed=3
    given effort=quick
    given target=y
    given name='a/b'
    given name=''
    given outputs='[nothing]'
    given pretraining='autoencoder(0)'
    given unlabelled=digits
    given pseudo_labels=2 unlabelled=digits
    given out=/proc/nowhere
    given out=''
    given epoch=3
    given "=3"
    given epochs
    given model.0='dense(5)'
    given model.9='dense(5)'
    given model.x='dense(5)'
    given model.-1='dense(5)'
    given epochs.0=3
    given epochs.1=3
    # ---- definitions ----
    given define='[units = 8]' model='[dense(units, relu), dense(10, softmax)]'
    given define='[units = 8, units = 9]'
    given define='[units]'
    given define='[= 3]'
    given define='[units = ]'
    given define='[dense = 3]'
    given define='[8 = 3]'
    given define='[a = b, b = a]' model='[dense(a)]'
    given define='[wide = partial(dense, activation=relu)]' model='[wide(9), dense(10, softmax)]'
    given define='[wide = partial(dense, activation=relu)]' model='[wide(9, activation=tanh), dense(10, softmax)]'
    given define='[wide = partial(dense, activation=relu)]' model='[wide, dense(10, softmax)]'
    given define='[wide = partial()]' model='[wide(9)]'
    given define='[wide = partial(3)]' model='[wide(9)]'
    given define='[wide = partial(wide)]' model='[wide(9)]'
    given define='[wide = dense(9)]' model='[wide, dense(10, softmax)]'
    given define='[wide = dense(9)]' model='[wide(3), dense(10, softmax)]'
    given define='[rate = 0.01]' optimizer='adam(rate)'
    given define='[rate = 0.01]' optimizer='adam(rates)'
    given define='[rate = 0.01(]'
    # ---- layers ----
    given model='[dense(8, activation=relo), dense(10)]'
    given model='[dense(8, units=9), dense(10)]'
    given model='[dense(0)]'
    given model='[dense(-3)]'
    given model='[dense(2.5)]'
    given model='[dense(a)]'
    given model='[dense()]'
    given model='[dense]'
    given model='[dens(3)]'
    given model='[3 * dense(4), dense(10, softmax)]'
    given model='[0 * dense(4), dense(10, softmax)]'
    given model='[dense(4) | dropout(0.5) | dense(10, softmax)]'
    given model='[dense(4) |]'
    given model='[| dense(4)]'
    given model='[dense(4) <- other, dense(10, softmax)]'
    given model='[dense(4, name=a), dense(5, name=a), dense(10, softmax)]'
    given model='[dense(4, name=a), dense(5) <- a, dense(10, softmax) <- a]'
    given model='[dropout(1), dense(10, softmax)]'
    given model='[dropout(-0.1), dense(10, softmax)]'
    given model='[reshape([8, 9]), dense(10, softmax)]'
    given model='[input(65), dense(10, softmax)]'
    given model='[input(8, 8), dense(10, softmax)]'
    given model='[dense(10, input_shape=(64,), activation=softmax)]'
    given model='[dense(10, input_shape=64, activation=softmax)]'
    given model='[dense(10, input_shape=(a,), activation=softmax)]'
    given model='[dense(10, kernel_initializer=he), dense(10, softmax)]'
    given model='[dense(10, kernel_regularizer=l2(-1)), dense(10, softmax)]'
    given model='[dense(10, kernel_constraint=max_norm(-1)), dense(10, softmax)]'
    given model='[dense(9, softmax)]'
    given model='[dense(10, softmax), dense(10, softmax)]'
    given model='[dense(1, softmax)]'
    given model="[dense('10')]"
    given model='[dense(10'
    given model='[dense(10))]'
    given model='[dense(10) dense(3)]'
    # ---- what is no run file ----
    mkdir -p folder
    printf 'a,b\n1,2\n' > table.csv
    for name in nowhere nowhere.yaml nowhere.csv folder table.csv mnist fashion_mnist digit net.txt book.xlsx data.parquet x.h5 \
        m.safetensors; do
        show train "$name"
    done
    cp table.csv book.xlsx
    cp table.csv frame.pkl
    cp table.csv data.parquet
    show train book.xlsx
    show train frame.pkl
    show train data.parquet target=b
} > run_file_texts
matches "${1-}" run_file_texts
finish
