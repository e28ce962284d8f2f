#!/bin/sh
# The chapter's experiments: every run file gives a net, most kinds of them train a few rows where the data is there, and
# the report's verdicts follow from results, here made up.
. tests/cli/common
files=$root/examples/chapter

# ---- every run file is read and compiled; those that start from a net need that net, and so the data ----
count=0
for file in "$files"/*.yaml; do
    count=$((count + 1))
    grep -q '^start:' "$file" && continue
    [ -z "${SANITIZED:-}" ] || [ $((count % 6)) = 0 ] || continue # slow there, and much the same code
    run summary "$file"
    is "summary $(basename "$file")" "$code" 0
done
[ "$count" -ge 80 ] || fail "$count run files"
run summary "$files/hml3-050-summary.yaml"
has summary "$out" '^Total params: 271,346 '
run train digits 'model=[rescaling(1/16), 3 * dense(8) | batch_normalization | relu, dense(10, activation=softmax)]' \
    epochs=1 out=repeated
is 'repeated layers' "$code" 0
run summary repeated
is 'repeated layers' "$(grep -c '^batch_normalization' "$out") $(grep -c '^dense' "$out")" '3 4'
has 'repeated layers, in run.yaml' repeated/run.yaml '^  - .*3 \* dense(8) | batch_normalization | relu'
run train digits 'model=[0 * dense(8), dense(10)]' --dry-run
is 'no layer' "$code" 2
has 'no layer' "$err" '1 to 10000'
run train digits 'model=[2 * dense(8) | rellu, dense(10)]' --dry-run
has 'a fault in a repeated layer' "$err" 'did you mean relu'

# ---- the report ----
if command -v python3 > /dev/null; then
    python3 "$root/tests/cli/chapter.py" "$files" > report 2>&1
    is report "$?" 0
    [ ! -s report ] || sed 's/^/    /' report
else
    echo 'no python3: the report is not tested'
fi

# ---- a few rows of Fashion-MNIST and CIFAR-10 ----
data=${PLUMMET_SHARED:-$root/../shared/data}
[ -d "$data/fashion-mnist" ] || { echo "no shared data at $data: nothing is trained"; finish; }
export PLUMMET_DATA="$data"
trains()
{
    run train "$files/$1.yaml" epochs=1 "out=$1" -q "$2" "$3"
    is "train $1" "$code" 0
}
few='data=fashion_mnist | take(64) | batch(32)'
for name in hml3-037-selu-100 hml3-055-before-activation hml3-105-adamw hml3-130-batch-exponential \
    hml3-143-plateau hml3-171-dropout hml3-190-max-norm hml2-161-alpha-dropout mlp-060-warm-up mlp-070-l1; do
    trains $name "$few" 'validation=fashion_mnist(test) | take(64)'
done
trains hml3-063-task-a 'data=fashion_mnist | take(200) | drop_classes(0, 2)' validation=none
run train "$files/hml3-072-b-on-a.yaml" epochs=2 frozen_epochs=1 start=hml3-063-task-a out=b -q
is 'train hml3-072-b-on-a' "$code" 0
trains hml3-212-cifar-bn 'data=cifar10 | take(64) | batch(32)' 'validation=cifar10(test) | take(64)'
if command -v python3 > /dev/null; then
    python3 "$files/run" 'hml3-051-pl*' --seeds 1 --plummet "$plummet" --results kept/r.jsonl --output c.md \
        --files "$files" > "$out" 2>&1 || fail "examples/chapter/run: $(cat "$out")"
    has 'the report of a run' c.md '| ours.* | 0\.[34]'
fi
finish
