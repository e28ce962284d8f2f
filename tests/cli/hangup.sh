#!/bin/sh
# The terminal of a training goes away: the run is saved, and resumed it ends as one that was never stopped.
. tests/cli/common
command -v python3 > /dev/null || { echo 'no python3'; exit 77; }
python3 -c 'import pty; pty.openpty()' 2> /dev/null || { echo 'no terminals can be made here'; exit 77; }

cat > net.yaml <<'YAML'
data: digits | shuffle | batch(4)
validation: split(0.1)
model: [input(64), rescaling(1/16), 'dense(40, activation=relu)', dropout(0.2), 'dense(10, activation=softmax)']
optimizer: nadam(1e-3)
epochs: 120
seed: 5
YAML
is 'the terminal goes away' "$(python3 "$root/tests/cli/hangup.py" "$plummet" net.yaml gone)" 130
[ -e gone/checkpoint.safetensors ] || fail 'no checkpoint'
run evaluate gone digits
is 'the model' "$code" 0
is 'temporary files' "$(find gone -name '*.part')" ''
[ "$(wc -l < gone/history.csv)" -lt 121 ] || fail 'it was not stopped'
run train --resume gone -q
is 'resumed' "$code" 0
run train net.yaml out=whole -q
for file in model.safetensors checkpoint.safetensors; do
    cmp gone/$file whole/$file || fail "resumed: another $file"
done
[ "$(sed 's/,[^,]*$//' gone/history.csv)" = "$(sed 's/,[^,]*$//' whole/history.csv)" ] || fail 'resumed: another history'
finish
