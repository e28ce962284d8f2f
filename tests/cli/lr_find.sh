#!/bin/sh
# lr-find: three suggestions that a curve with a known shape must give, a chart of 80 columns, a picture, no model.
. tests/cli/common
export LC_ALL=C

run lr-find digits -o curve.svg
is lr-find "$code" 0
is 'lr-find: files' "$(find . -type f ! -name .out ! -name .err)" ./curve.svg
is 'lr-find: stderr' "$(cat "$err")" ''
is 'lr-find: wide lines' "$(awk 'length > 80' "$out")" ''
is 'lr-find: plain letters' "$(tr -d '\n' < "$out" | LC_ALL=C tr -d '\40-\176' | wc -c | tr -d ' ')" 0
for words in '^ *Learning-rate range test of digits$' '^loss$' '^ *learning rate$' '1e-5 .*0.001 ' \
    '^A  steepest descent  *[0-9]' '^B  minimum / 10  *[0-9]' '^C  valley  *[0-9]' 'the test ended'; do
    has lr-find "$out" "$words"
done
for words in '^<svg ' '>learning rate</text>' '>loss</text>' 'Learning-rate range test of digits' '^</svg>$'; do
    has 'the picture' curve.svg "$words"
done
if command -v xmllint > /dev/null; then
    xmllint --noout curve.svg 2> "$err" || fail "the picture is no XML: $(cat "$err")"
fi
LC_ALL=C.UTF-8 "$plummet" lr-find digits > "$out" 2> "$err"
has 'braille' "$out" "$(printf '\342\240')" # the first bytes of U+2800 to U+28FF
cp curve.svg first
run lr-find digits -o curve.svg threads=1
cmp -s curve.svg first || fail 'another curve on one thread'

# ---- plain descent on squares: y = w x without noise is stable below a rate that can be told beforehand ----
# Loss w^2 mean(x^2), its slope 2 w mean(x^2) = 2 w here: a step multiplies w by 1 - 2 rate. It falls fastest at rate
# 0.5 and grows from 1 on.
{ echo x,y; i=0; while [ $i -lt 32 ]; do echo 1,0; echo -1,0; i=$((i + 1)); done; } > square.csv
cat > square.yaml <<'END'
data: csv('square.csv') | batch(64)
model: [dense(1, use_bias=false, kernel_initializer=ones)]
optimizer: sgd
loss: mse
END
run lr-find square.yaml --from 1e-4 --to 100 --steps 200 --json
is square "$code" 0
# between ARRAY KEY LOW HIGH
between()
{
    value=$(sed -n "s/.*\"$1\":\\([0-9.e+-]*\\).*/\\1/p" "$out")
    checks=$((checks + 1))
    awk -v v="$value" -v a="$2" -v b="$3" 'BEGIN { exit !(v != "" && v >= a && v <= b) }' || fail "$1: $value"
}
has square "$out" '"end":"blown up"'
between lowest 0.3 1.5
between minimum_tenth 0.03 0.15
between steepest 0.001 0.5
between valley 0.001 0.5

# ---- a loss that begins above 4 times its minimum is not cut ----
run lr-find digits --steps 300 --json
value=$(sed -n 's/.*"loss":\[\([0-9.]*\).*/\1/p' "$out")
is 'the first loss of ten classes, about log 10' "$(awk -v v="$value" 'BEGIN { print (v > 2 && v < 3) }')" 1

# ---- limits ----
run lr-find digits --from 1e-9 --to 1e-8 --quiet
is 'too low' "$code" 0
has 'too low' "$out" 'hardly fell\|never fell'
run lr-find digits optimizer=sgd --from 1e20 --to 1e30
is 'too high' "$code" 4
has 'too high' "$err" 'begin lower'
run lr-find digits --from 1 --to 1
is 'no range' "$code" 2
run lr-find digits --steps 2
is 'too few' "$code" 2
run lr-find digits -o curve.gif
is 'no picture' "$code" 2
run lr-find digits -o nowhere/curve.svg
is 'no folder' "$code" 5
run lr-find digits 'class_weight=[1, 5]'
is 'class weights' "$code" 2
has 'class weights' "$err" 'class'
run lr-find digits observers=nonsense epoch=3
is 'unknown key' "$code" 2
finish
