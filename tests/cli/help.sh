#!/bin/sh
# Help: to stdout with 0, at most 80 columns, without control characters; the manual page is sound roff.
. tests/cli/common

for verb in '' train evaluate runs predict join summary pretrain lr-find plot describe help; do
    run help $verb
    is "help $verb" "$code" 0
    is "help $verb: errors" "$(cat "$err")" ''
    is "help $verb: wide lines" "$(awk 'length > 80' "$out")" ''
    is "help $verb: control characters" "$(tr -d '\n' < "$out" | LC_ALL=C tr -d '\40-\176' | wc -c | tr -d ' ')" 0
    cp "$out" first
    [ -n "$verb" ] || continue
    run "$verb" --help
    cmp -s "$out" first || fail "$verb --help is not help $verb"
    has "help $verb" "$out" '^EXAMPLES$'
    run "$verb" -h
    is "$verb -h" "$code" 0
done
run --help
has --help "$out" '^VERBS$'
run describe
for family in layer optimizer observer regularizer constraint schedule initializer activation loss metric source; do
    has 'the families' "$out" "^$family "
done
for family in $("$plummet" describe | cut -d' ' -f1); do
    run describe "$family"
    is "describe $family" "$code" 0
    is "describe $family: wide lines" "$(awk 'length > 80' "$out")" ''
    [ "$family" = words ] && continue # a table, not a list of kinds
    for kind in $(cut -d' ' -f1 < "$out"); do
        "$plummet" describe "$family" "$kind" > kind 2>&1 || fail "describe $family $kind"
        is "describe $family $kind: wide lines" "$(awk 'length > 80' kind)" ''
    done
done
# Every word that a run file takes can be described, by itself: its keys, and what stands for a kind.
for key in $(run describe key; cut -d' ' -f1 "$out" | grep .); do
    run describe "$key"
    is "describe $key" "$code" 0
    has "describe $key" "$out" "^\\(key\\|[a-z]*\\) *"
    run describe key "$key"
    is "describe key $key" "$code $(head -n 1 "$out")" "0 key $key"
done
run describe class_weight
has 'describe class_weight' "$out" '^key class_weight$'
run describe checkpoint
has 'describe checkpoint: the observer' "$out" '^observer checkpoint'
has 'describe checkpoint: the key' "$out" '^key checkpoint$'
for word in accuracy acc crossentropy ce mse mae bce adam sgd relu softmax split csv digits; do
    run describe "$word"
    is "describe $word" "$code" 0
done
run describe mse
has 'describe mse: the loss' "$out" '^loss mean_squared_error'
has 'describe mse: the metric' "$out" '^metric mean_squared_error'
for word in accuracy acc; do
    run describe metric $word
    is "describe metric $word" "$code $(head -n 1 "$out")" '0 metric accuracy (also acc)'
done
run describe metric acuracy
is 'describe metric acuracy' "$code" 2
has 'describe metric acuracy' "$err" 'did you mean accuracy?'
# There is one way to say nothing.
for family in $("$plummet" describe | cut -d' ' -f1 | grep -Ev '^(key|words)$'); do
    for kind in $("$plummet" describe "$family" | grep -o '^[a-z0-9_]*'); do
        "$plummet" describe "$family" "$kind"
    done
done > everything
lacks 'ways to say nothing' everything 'default \(nan\|inf\)\|nan = \|inf = '

# Names as Keras writes them in Python are understood, wherever a name stands.
cat > keras.yaml <<'END'
data: digits | take(64)
model:
  - keras.layers.Dense(10, activation="relu", kernel_initializer="he_normal")
  - tf.keras.layers.Dense(10, activation=keras.activations.softmax, kernel_initializer=keras.initializers.VarianceScaling(scale=2., mode='fan_avg', distribution='uniform'))
optimizer: keras.optimizers.Adam(learning_rate=keras.optimizers.schedules.ExponentialDecay(0.01, decay_steps=100, decay_rate=0.9))
loss: keras.losses.SparseCategoricalCrossentropy()
metrics: [keras.metrics.SparseCategoricalAccuracy()]
observers: [keras.callbacks.EarlyStopping(monitor='loss', patience=3)]
epochs: 1
END
run train keras.yaml -q
is "names of Keras" "$code" 0
run train keras.yaml -q optimizer='adam(lr=0.01)'
is 'lr' "$code" 2
has 'lr' "$err" 'did you mean learning_rate?'

# The counts of README.md are true, and it names every verb and optimizer.
count() { "$plummet" describe "$1" | grep -c '^[a-z]'; }
has 'README.md' "$root/README.md" "$(count activation) activations, $(count initializer) initializers, $(count metric) metrics"
tr 'A-Z\n' 'a-z ' < "$root/README.md" | tr -d '_-' > readme
for verb in train evaluate predict join summary pretrain lr-find plot describe help; do
    has "README.md: $verb" "$root/README.md" "\`$verb\`"
done
for name in $("$plummet" describe optimizer | grep '^[a-z]' | cut -d' ' -f1); do
    has "README.md: $name" readme "$(echo "$name" | tr -d _)"
done
run lr-find --help
lacks 'lr-find --help: keys without effect' "$out" '^  observers='
has 'lr-find --help: other keys' "$out" '^  optimizer='
run help --man
is 'help --man' "$code" 0
has 'help --man' "$out" '^\.TH PLUMMET 1$'
for verb in train evaluate predict join summary pretrain lr-find plot describe help; do
    has 'help --man' "$out" "^\.SS plummet $verb"
done
if command -v groff > /dev/null; then
    groff -man -ww -Tascii < "$out" > page 2> warnings
    is 'groff' "$(cat warnings)" ''
fi
finish
