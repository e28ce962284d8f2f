#!/bin/sh
# The table of the guide's index: each sentence has a command that ends well in a terminal of 80 columns, and that draws the
# picture beside it. Trainings have the same bits everywhere, so the pictures are compared byte by byte.
#
#   PLUMMET=build/release/plummet sh tests/cli/learn.sh --update    draws the pictures anew: look at the difference
. tests/cli/common
[ -z "${SANITIZED:-}" ] || { echo 'slow with sanitizers, and much the same code: skipped'; exit 77; }
mkdir bin
ln -s "$plummet" bin/plummet
ln -s "$root/examples" examples
PATH=$work/bin:$PATH
export LC_ALL=C.UTF-8
images=$root/docs/images

# draws IMAGE COMMAND: in the terminal no line is longer than 80 letters; -o, or the word after that of draw, is the picture
draws()
{
    case $2 in
    examples/*) # the nets are trained once
        sh -c "$2 drawn.svg" > "$out" 2> "$err" < /dev/null
        is "$2: picture" "$? $(cat "$err")" '0 '
        (cd "learn/${2##* }" && COLUMNS=80 plummet plot history ./*) > "$out" 2> "$err" < /dev/null
        ;;
    *)
        sh -c "$2 -o drawn.svg" > "$out" 2> "$err" < /dev/null
        is "$2: picture" "$? $(cat "$err")" '0 '
        COLUMNS=80 sh -c "$2" > "$out" 2> "$err" < /dev/null
        ;;
    esac
    is "$2" "$? $(cat "$err")" '0 '
    is "$2: lines of more than 80 letters" "$(grep -cE '^.{81}' "$out")" 0
    [ "$update" = no ] || cp drawn.svg "$images/$1"
    checks=$((checks + 1))
    cmp drawn.svg "$images/$1" > "$err" 2>&1 || fail "$1 is another picture than that of: $2"
    rm -f drawn.svg
    echo "$1" >> drawn
}

update=no
[ "${1-}" != --update ] || update=yes
sed -n 's/^| [^|]* | `\([^`]*\)` | \[picture\](\.\.\/images\/\([^)]*\)) |.*/\2 \1/p' "$root/docs/guide/README.md" | sort -u > rows
is 'rows of the index' "$([ "$(wc -l < rows)" -ge 22 ] && echo enough)" enough
while read -r image command; do
    draws "$image" "$command"
done < rows
draws activations.svg 'plummet plot activation sigmoid tanh relu leaky_relu elu selu gelu'
draws initializers-relu.svg 'plummet plot init --activation relu'

# The pictures of stories are compared by doctor_stories; table.svg shows a table that is not part of the sources.
for image in "$images"/*.svg; do
    image=$(basename "$image")
    case $image in
    doctor-*.svg | problems-*.svg | table.svg) continue ;;
    esac
    is "$image is drawn by a test" "$(grep -cx "$image" drawn)" 1
done

run_draw() { sh "$root/examples/learn/draw" "$@" > "$out" 2>&1 < /dev/null; echo $?; }
is 'draw without a picture' "$(run_draw)" 2
is 'draw of an unknown picture' "$(run_draw nothing)" 2
finish
