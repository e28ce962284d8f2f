#!/bin/sh
# Help: to stdout with 0, at most 80 columns, without control characters; the manual page is sound roff.
. tests/cli/common

for verb in '' train evaluate predict summary pretrain lr-find plot describe help; do
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
    for kind in $(cut -d' ' -f1 < "$out"); do
        "$plummet" describe "$family" "$kind" > kind 2>&1 || fail "describe $family $kind"
        is "describe $family $kind: wide lines" "$(awk 'length > 80' kind)" ''
    done
done
# The counts of README.md are true, and it names every verb and optimizer.
count() { "$plummet" describe "$1" | grep -c '^[a-z]'; }
has 'README.md' "$root/README.md" "$(count activation) activations, $(count initializer) initializers, $(count metric) metrics"
tr 'A-Z\n' 'a-z ' < "$root/README.md" | tr -d '_-' > readme
for verb in train evaluate predict summary pretrain lr-find plot describe help; do
    has "README.md: $verb" "$root/README.md" "\`$verb\`"
done
for name in $("$plummet" describe optimizer | grep '^[a-z]' | cut -d' ' -f1); do
    has "README.md: $name" readme "$name"
done
run lr-find --help
lacks 'lr-find --help: keys without effect' "$out" '^  epochs='
has 'lr-find --help: other keys' "$out" '^  optimizer='
run help --man
is 'help --man' "$code" 0
has 'help --man' "$out" '^\.TH PLUMMET 1$'
for verb in train evaluate predict summary pretrain lr-find plot describe help; do
    has 'help --man' "$out" "^\.SS plummet $verb"
done
if command -v groff > /dev/null; then
    groff -man -ww -Tascii < "$out" > page 2> warnings
    is 'groff' "$(cat warnings)" ''
fi
finish
