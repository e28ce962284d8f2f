#!/bin/sh
# Every file that the command writes is written in one way: whole or not at all, links followed, what is
# no ordinary file written to and not replaced, nothing left beside it.
. tests/cli/common

# parts: temporary files below the work folder
parts() { find . -name '*.part' | wc -l | tr -d ' '; }
# kind FILE: regular, link, pipe, device
kind() { ls -ld "$1" | cut -c 1; }

run train digits epochs=1 checkpoint=false -q out=net
is 'a net' "$code" 0
run predict net digits -o plain.csv
is 'predict -o' "$code $(wc -l < plain.csv | tr -d ' ')" '0 1798'

# A link to a file of another kind: nothing is written through it.
cksum net/model.safetensors > model.before
ln -s net/model.safetensors m.svg
ln -s net/model.safetensors m.png
ln -s m.svg again.svg
ln -s net/model.safetensors m.html
cp -r net net2
ln -s net2/model.safetensors m.csv
echo notes > notes.txt
ln -s notes.txt notes.svg
for link in m.svg m.png again.svg; do
    "$plummet" --version | grep -q 'without cairo' && [ $link = m.png ] && continue
    run plot activation relu -o $link
    is "a picture through $link" "$code" 2
    has "a picture through $link" "$err" 'the picture would overwrite .*/net/model.safetensors, to which this link leads'
done
run plot activation relu -o notes.svg
is 'a picture through a link to a text' "$code $(cat notes.txt)" '2 notes'
run lr-find digits --steps 12 -q -o m.svg
is 'lr-find -o through a link' "$code" 2
run report net -o m.html
is 'report -o through a link' "$code" 2
cksum net/model.safetensors | cmp - model.before || fail 'a model behind a link was overwritten'
run predict net digits -o m.csv
is 'predict -o through a link to another model' "$code" 2
has 'predict -o through a link to another model' "$err" 'would overwrite the model .*/net2/model.safetensors'
cmp net/model.safetensors net2/model.safetensors || fail 'another model behind a link was overwritten'

# each WRITER: `write NAME` writes a picture or predictions to NAME.EXT
predictions() { run predict net digits -o "$1"; }
pictures() { run plot activation relu -o "$1"; }
rates() { run lr-find digits --steps 12 -q -o "$1"; }
for what in predictions.csv predictions.jsonl predictions.npy pictures.svg pictures.png rates.svg; do
    write=${what%.*} ending=$write.${what#*.}
    "$plummet" --version | grep -q 'without cairo' && [ "${what#*.}" = png ] && continue
    $write whole.$ending
    is "$what" "$code" 0
    size=$(wc -c < whole.$ending | tr -d ' ')
    ln -s target.$ending link.$ending
    $write link.$ending
    is "$what: a link to nothing" "$code $(kind link.$ending) $(wc -c < target.$ending | tr -d ' ')" "0 l $size"
    mkdir -p other
    echo old > other/old.$ending
    chmod 640 other/old.$ending
    ln -s other/old.$ending far.$ending
    $write far.$ending
    is "$what: a link to another folder" \
        "$code $(kind far.$ending) $(ls -l other/old.$ending | cut -c 1-10)" '0 l -rw-r-----'
    cmp -s other/old.$ending whole.$ending || [ $write = rates ] || fail "$what: another file behind a link"
    ln -s round.$ending round.$ending
    $write round.$ending
    is "$what: a link to itself" "$code" 5
    ln -s /dev/full full.$ending
    $write full.$ending
    is "$what: a full disk" "$code $(kind /dev/full)" '5 c'
    has "$what: a full disk" "$err" 'No space left on device'
    has "$what: a full disk" "$err" '^  hint: ..'
    ln -s /dev/null null.$ending
    $write null.$ending
    is "$what: a device" "$code $(kind /dev/null)" '0 c'
    mkfifo pipe.$ending
    cat pipe.$ending > read.$ending &
    $write pipe.$ending
    wait
    is "$what: a pipe" "$code $(kind pipe.$ending) $(wc -c < read.$ending | tr -d ' ')" "0 p $size"
    $write nowhere/x.$ending
    is "$what: no folder" "$code" 5
    echo precious > precious
    ln -s precious x.$ending.part # a name that anybody could foresee
    $write x.$ending
    is "$what: a planted link" "$code $(cat precious)" '0 precious'
    rm -f ./*.part
    if [ "$(id -u)" != 0 ]; then
        echo old > still.$ending
        chmod a-w still.$ending
        $write still.$ending
        is "$what: a file that may not be written" "$code $(cat still.$ending)" '5 old'
    else
        echo old > owned.$ending
        chown 12345:54321 owned.$ending
        chmod 604 owned.$ending
        $write owned.$ending
        is "$what: owner and mode" "$(ls -ln owned.$ending | tr -s ' ' | cut -d ' ' -f 1,3,4)" \
            '-rw----r-- 12345 54321'
    fi
    is "$what: temporary files" "$(parts)" 0
done

# ---- descriptors that are open already ----
"$plummet" predict net 'digits | take(3)' -o /dev/stdout > stdout.csv 2> "$err"
is '-o /dev/stdout' "$? $(wc -l < stdout.csv | tr -d ' ')" '0 4'
echo first > log.csv
"$plummet" predict net 'digits | take(3)' -o /dev/stdout >> log.csv 2> "$err"
is '-o /dev/stdout >> log' "$(head -n 1 log.csv) $(wc -l < log.csv | tr -d ' ')" 'first 5'
"$plummet" predict net 'digits | take(3)' -o /dev/fd/3 3> third.csv
is '-o /dev/fd/3' "$(wc -l < third.csv | tr -d ' ')" 4
run predict net 'digits | take(3)' -o /dev/fd/77
is 'a descriptor that is not open' "$code" 5

mkdir -p inside
"$plummet" predict net - < inside > "$out" 2> "$err"
is 'a folder as standard input' $? 5
has 'a folder as standard input' "$err" 'Is a directory'

# ---- the umask, and a name as long as names can be ----
(umask 027; "$plummet" predict net 'digits | take(3)' -o masked.csv)
is 'umask' "$(ls -l masked.csv | cut -c 1-10)" '-rw-r-----'
long=$(printf '%0251d.csv' 1)
run predict net 'digits | take(3)' -o "$long"
is 'a name of 255 bytes' "$code $(wc -l < "$long" | tr -d ' ')" '0 4'
run predict net 'digits | take(3)' -o ''
is 'an empty name' "$code" 5
run predict net 'digits | take(3)' -o net
is 'a folder' "$code" 5

# ---- a folder in the place of each file of a run: a resume fails and names it; of the page it warns ----
for file in readings.csv doctor.txt doctor.json history.csv run.yaml model.safetensors checkpoint.safetensors report.html; do
    rm -rf watched
    run train digits doctor=true out=watched epochs=1 -q
    is 'watched' "$code" 0
    rm watched/$file
    mkdir -p watched/$file/inside
    run train --resume watched epochs=2 -q
    [ $file = report.html ] && wanted=0 || wanted=5
    is "a folder as $file" "$code" $wanted
    has "a folder as $file" "$err" "$file'*: Is a directory\|where: .*$file"
done
has 'a folder as report.html' "$err" 'warning: the model is saved, but the report is not'

# ---- two at once give one whole file ----
for i in 1 2 3 4 5 6 7 8; do
    "$plummet" predict net digits threads=1 -o both.csv &
    "$plummet" predict net 'digits | take(900)' threads=1 -o both.csv &
    wait
    case $(wc -l < both.csv | tr -d ' ') in
    1798) cmp -s both.csv plain.csv || fail 'two at once: a mixture' ;;
    901) head -n 901 plain.csv | cmp -s - both.csv || fail 'two at once: a mixture' ;;
    *) fail "two at once: $(wc -l < both.csv) lines" ;;
    esac
done

# ---- killed while it writes: the old file stays ----
cp plain.csv kept.csv
for i in 1 2 3 4 5 6; do
    "$plummet" predict net digits --monte-carlo 50 -o kept.csv &
    pid=$!
    sleep 0.0$i
    kill -KILL $pid 2> /dev/null
    wait $pid 2> /dev/null
    cmp -s plain.csv kept.csv || [ "$(wc -l < kept.csv)" -eq 1798 ] || fail 'killed: half a file'
done
is 'temporary files' "$(parts)" 0
finish
