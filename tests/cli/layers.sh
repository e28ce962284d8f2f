#!/bin/sh
# Models beyond a chain: arrows between named layers, several inputs, outputs that are not the last layer.
residual=$(pwd)/examples/residual.yaml
. tests/cli/common

# ---- a skip connection ----
run train "$residual" epochs=3 out=residual
is residual "$code" 0
run evaluate residual digits --assert 'accuracy>=0.9'
is 'residual: accuracy' "$code" 0
run summary residual
has 'residual: summary' "$out" '^sum (add) '
run train residual/run.yaml out=again -q
is 'residual: run.yaml' "$code" 0
cmp -s residual/model.safetensors again/model.safetensors || fail 'run.yaml gives another net'
checks=$((checks + 1))

# ---- an output that is not the last layer ----
net='model=[rescaling(1/16), dense(10, activation=softmax, name=class), dense(3)]'
run train digits "$net" outputs=class epochs=3 out=class
is outputs= "$code" 0
run predict class 'digits | take(2)' --format jsonl
has outputs= "$out" '^{"class":[0-9],"probabilities":\[[0-9.e,-]*\]}$'
is 'outputs=: numbers' "$(head -n 1 "$out" | tr -cd , | wc -c | tr -d ' ')" 10
run train digits "$net" outputs=none epochs=3 out=none
is 'unknown output' "$code" 2
has 'unknown output' "$err" "no layer of the name 'none'"
has 'unknown output' "$err" '^  where: outputs$'

# ---- several inputs and outputs ----
cat > two.yaml <<'END'
data: digits
model:
  - input(8, name=a)
  - dense(4, name=left)
  - input(3, name=b)
  - dense(4, name=right)
  - add() <- left right
  - dense(1, name=sum)
  - dense(2, name=more) <- left
outputs:
  - sum
  - more
optimizer: sgd
loss: mse
END
run summary two.yaml
is 'two inputs' "$code" 0
has 'two inputs' "$out" '^Total params: 67 '
run train two.yaml
is 'data of one input' "$code" 2
has 'data of one input' "$err" 'inputs'
# An arrow to nothing names its line.
sed 's/<- left right/<- left wrong/' two.yaml > wrong.yaml
run summary wrong.yaml
is 'unknown layer' "$code" 2
has 'unknown layer' "$err" "no layer 'wrong'"
has 'unknown layer' "$err" 'wrong.yaml:7:5, model.4'
finish
