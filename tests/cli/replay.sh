#!/bin/sh
# A run whose loss becomes NaN in a late epoch: plummet doctor RUN trains the steps again from the checkpoint of the folder,
# and names the step, the layer, the row and the unit of the first number that is not finite. The same from the start of the
# training, on one thread and on two.
. tests/cli/common
run train digits epochs=0 -q out=none
[ "$code" -eq 0 ] || exit 77 # a build that reads no run files

# replayed NAME EPOCHS WANTED SETTING...: trains EPOCHS epochs, goes on until the loss is not finite, and asks the doctor
replayed()
{
    name=$1 epochs=$2 wanted=$3
    shift 3
    for threads in 1 2; do
        run train digits "$@" epochs="$epochs" doctor=true threads=$threads out=run overwrite=true -q
        is "$name: the first epochs" "$code" 0
        run train --resume run epochs=12 threads=$threads -q
        is "$name: not finite" "$code" 4
        is "$name: the epochs that are done" "$(tail -n 1 run/history.csv | cut -d, -f1)" "$epochs"
        run doctor run threads=$threads
        is "$name: from the checkpoint" "$code" 0
        tr '\n' ' ' < "$out" | tr -s ' ' > text
        has "$name: on $threads threads" text "the steps were replayed: the first number that is not finite is $wanted"
        run doctor run threads=$threads --json
        cp "$out" checkpoint.json
        mv run/checkpoint.safetensors kept
        run doctor run threads=$threads --json
        is "$name: from the start" "$(cmp "$out" checkpoint.json && echo same)" same
        head -c 1000 kept > run/checkpoint.safetensors
        run doctor run
        is "$name: the checkpoint is read" "$code" 3
        [ $threads = 1 ] && cp checkpoint.json one.json
    done
    is "$name: the same on two threads" "$(cmp checkpoint.json one.json && echo same)" same
    has "$name: the epoch" one.json "\"code\": *\"G110\".*\"epoch\": *$((epochs + 1))\\|\"epoch\": *$((epochs + 1))"
}

# activations overflow in the step after the weights have become huge
replayed momentum 4 'in dense_1, row 0 of the batch, unit 2, in step 353' \
    'optimizer=sgd(piecewise_constant_decay(boundaries=[350], values=[0.05, 1e20]), momentum=0.9)'
replayed adam 4 'in dense_1, row 0 of the batch, unit 0, in step 403' \
    'optimizer=adam(piecewise_constant_decay(boundaries=[400], values=[0.001, 1e37]))'
# the weights themselves overflow, one step before the loss: only the replay sees that
replayed weights 3 'in the weights of dense_1, row 0, column 0, in step 302' \
    'optimizer=sgd(piecewise_constant_decay(boundaries=[300], values=[0.05, 1e39]), momentum=0.9)' \
    'model=[rescaling(1/16), dense(30, activation=tanh), dense(10, activation=softmax)]'

# lost NAME STEP SETTING...: a training in which nobody watched loses its loss in STEP. Its folder has the findings, and the
# doctor trains the steps up to there again: it names the same number, and what a doctor that had watched says.
lost()
{
    name=$1 step=$2
    shift 2
    run train digits "$@" epochs=3 out=lost -q
    is "$name: not finite" "$code" 4
    has "$name: the hint" "$err" '^to see where it began, and what to change: plummet doctor lost$'
    has "$name: the finding" lost/doctor.json "\"code\":\"G110\".*\"step\":$step,\"epoch\":$(((step + 80) / 81))}"
    lacks "$name: nothing was measured, so nothing is ruled out" lost/doctor.txt 'ruled out'
    is "$name: a model" "$([ -f lost/model.safetensors ] && echo yes)" "$([ "$step" -gt 81 ] && echo yes)"
    run doctor lost --json
    is "$name: the doctor" "$code" 0
    has "$name: the step" "$out" "\"code\":\"G110\".*\"step\":$step,"
    has "$name: the cause" "$out" '"code":"S305"'
    run runs ls .
    has "$name: its state" "$out" '^lost  *diverged '
    [ "$step" -gt 81 ] || no_model "$name"
    rm -r lost
}

# no_model NAME: what other commands say of a training that ended in its first epoch; --resume would end there again
no_model()
{
    printf '1\n' > rows.csv
    for arguments in 'evaluate lost' 'predict lost rows.csv' 'report lost' 'summary lost' 'train digits start=lost'; do
        # shellcheck disable=SC2086 # words
        run $arguments
        is "$1: $arguments" "$code" 5
        has "$1: $arguments" "$err" 'this run has no model: its loss was not finite in epoch 1$'
        has "$1: $arguments" "$err" 'plummet doctor lost says why'
        lacks "$1: $arguments" "$err" '--resume'
    done
    run runs diff lost lost
    has "$1: diff" "$out" '^state  *diverged  *diverged'
}
lost 'the first step' 2 'optimizer=sgd(1e30)'
lost 'the first epoch' 53 'optimizer=sgd(piecewise_constant([50], [0.05, 1e20]))'
lost 'the second epoch' 103 'optimizer=sgd(piecewise_constant([100], [0.05, 1e20]))'
lost 'without a checkpoint' 103 'optimizer=sgd(piecewise_constant([100], [0.05, 1e20]))' checkpoint=false

# several nets: the same state and hints, and the findings about the first net whose loss was lost. An epoch that it has not
# finished is no epoch of the run. Its steps are not trained again, since the doctor would train another net.
for threads in 1 3; do
    run train digits 'optimizer=sgd(piecewise_constant([200], [0.05, 1e20]))' nets=3 epochs=6 threads=$threads out=lost -q
    is 'several nets: not finite' "$code" 4
    has 'several nets: the hint' "$err" '^to see where it began, and what to change: plummet doctor lost$'
    has 'several nets: the finding' lost/doctor.json '"code":"G110".*"step":203,"epoch":3}'
    tr '\n' ' ' < lost/doctor.txt | tr -s ' ' > text
    has 'several nets: which one' text 'examined: net [123] of 3. Not examined: .* train with nets=1 doctor=true'
    run runs ls .
    has 'several nets: the state' "$out" '^lost  *diverged '
    run report lost
    has 'several nets: the report' lost/report.html 'G110'
    run doctor lost --json
    has 'several nets: the doctor' "$out" '"code":"G110".*"step":203,.*"epoch":3}'
    has 'several nets: the cause' "$out" '"code":"S305"'
    run train --resume lost -q
    is 'several nets: resumed' "$code" 4
    run runs ls .
    has 'several nets: the state' "$out" '^lost  *diverged '
    rm -r lost
    run train digits 'optimizer=sgd(1e30)' nets=3 epochs=2 threads=$threads out=lost -q
    is 'several nets: the first step' "$code" 4
    no_model 'several nets'
    rm -f lost/checkpoint* # of nets that were stopped: their weights may be as large
    run train --resume lost 'optimizer=sgd(0.05)' -q
    is 'several nets: resumed with another rate' "$code" 0
    run runs ls .
    has 'several nets: the state' "$out" '^lost  *ended '
    run doctor lost
    lacks 'several nets: it has passed the step' "$out" 'G110'
    rm -r lost
done

# resumed with another rate, the run passes the step, and the doctor has nothing to say of it
run train digits 'optimizer=sgd(1e30)' epochs=2 out=lost -q
run train --resume lost 'optimizer=sgd(0.05)' -q
is 'resumed' "$code" 0
run doctor lost
lacks 'resumed' "$out" 'G110'
has 'resumed' "$out" 'not examined: the layers after step 16, '
finish
