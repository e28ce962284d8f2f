#!/bin/sh
# The observer tensorboard: its event files have the values of history.csv, read by a decoder of our
# own; a resumed run goes on in them; and TensorBoard reads them, where it is installed.
. tests/cli/common
command -v python3 > /dev/null || { echo 'no python3'; exit 77; }
cat > net.yaml <<'END'
data: digits | shuffle | batch(64)
validation: split(0.2)
model: [flatten, rescaling(1/16), "dense(16, activation=relu)", "dense(10, activation=softmax)"]
optimizer: adam
observers: [tensorboard]
epochs: 6
END
run train net.yaml -q out=a
is 'trained' "$code$(cat "$err")" 0
python3 "$root/tests/cli/tensorboard.py" a/tensorboard a/history.csv > values || fail 'its files'
has 'the files' values 'loss, .*val_loss'

# ---- other folders, no validation, epochs without one ----
run train net.yaml -q out=b "observers=tensorboard(dir='board')" validation=none
is 'a folder of its own' "$code" 0
python3 "$root/tests/cli/tensorboard.py" b/board b/history.csv > values || fail 'a folder of its own'
[ ! -e b/board/validation ] || fail 'a folder of a validation that there is not'
run train net.yaml -q out=c validation_freq=4
python3 "$root/tests/cli/tensorboard.py" c/tensorboard c/history.csv > values || fail 'validation_freq'
run train net.yaml -q out=d "observers=tensorboard(dir='../board')"
is 'outside of the run' "$code" 2

# ---- resumed: the events before stay as they are ----
run train net.yaml -q out=r epochs=3
cp r/tensorboard/train/events* first
run train --resume r epochs=6 -q
is 'resumed' "$code" 0
python3 "$root/tests/cli/tensorboard.py" r/tensorboard r/history.csv > values || fail 'resumed'
head -c "$(wc -c < first)" r/tensorboard/train/events* | cmp - first || fail 'the first events changed'
[ "$(wc -c < "$(ls a/tensorboard/train/events*)")" = "$(wc -c < "$(ls r/tensorboard/train/events*)")" ] ||
    fail 'a resumed run has other events'

# ---- words of Keras ----
run train net.yaml -q out=k "observers=TensorBoard(write_graph=true, update_freq=epoch)"
is 'the name in Keras' "$code" 0
run train net.yaml -q out=l "observers=TensorBoard(log_dir=logs)"
is 'its folder in Keras' "$code" 2
has 'its folder in Keras' "$err" dir

# ---- several nets would write the same events ----
awk 'BEGIN { print "x,y"; for (i = 0; i < 60; i++) printf "%d.5,%d.25\n", i % 7, i % 7 * 2 }' > few.csv
run train few.csv target=y -q out=m observers=tensorboard epochs=1
is 'three nets' "$code" 2
has 'three nets' "$err" 'nets=1 or effort=quick'
run train few.csv target=y -q out=m observers=tensorboard epochs=1 nets=1
is 'one net' "$code" 0

# ---- TensorBoard itself ----
if python3 -c 'import tensorboard' 2> /dev/null; then
    python3 - a/tensorboard/validation a/history.csv > values 2>&1 <<'END' || { fail 'TensorBoard'; cat values; }
import csv, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
e = EventAccumulator(sys.argv[1]); e.Reload()
got = [(s.step, s.value) for s in e.Scalars("loss")]
want = [(int(r["epoch"]), float(r["val_loss"])) for r in csv.DictReader(open(sys.argv[2]))]
assert len(got) == len(want) == 6 and all(a[0] == b[0] and abs(a[1] - b[1]) < 1e-6 for a, b in zip(got, want)), (got, want)
END
else
    echo 'no tensorboard: its own reader is left out'
fi
finish
