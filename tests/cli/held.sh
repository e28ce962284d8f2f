#!/bin/sh
# Every figure of README and of the guide's pages is compared with a run, or tests/cli/held.txt says what holds it.
. tests/cli/common
command -v python3 > /dev/null || { echo 'no python3: skipped'; exit 77; }
python3 -B "$root/tests/cli/held.py" "$root" > "$out" 2>&1
is 'figures that no run holds' "$? $(grep -c 'no run holds\|no test runs' "$out")" '0 0'
sed 's/^/    /' "$out"

# A figure that somebody adds is seen, in a table, in a sentence and in a block.
mkdir -p new/docs new/tests
cp -r "$root/docs/guide" new/docs/guide
cp -r "$root/tests/cli" new/tests/cli
for text in '| `l2(0.001)` | 0.03 | 24 % | 1.000 | 0.94 | 0.5 |' 'It reaches 0.4321 with ease.' '- One more: 0.4321.'; do
    cp "$root/README.md" new/README.md
    awk -v text="$text" '{ print } /^\| `l2\(0.001\)` \|/ && text ~ /^\|/ { print text } END { if (text !~ /^\|/) print "\n" text }' \
        "$root/docs/guide/l1-l2.md" > new/docs/guide/l1-l2.md
    python3 -B "$root/tests/cli/held.py" new > "$out" 2>&1
    is "$text: seen" "$? $(grep -c '^l1-l2: no run holds' "$out")" '1 1'
done
cp "$root/docs/guide/l1-l2.md" new/docs/guide/l1-l2.md
printf '\n```text\nloss 0.1234\n```\n' >> new/docs/guide/dropout.md
python3 -B "$root/tests/cli/held.py" new > "$out" 2>&1
is 'a block: seen' "$? $(grep -c '^dropout: no test runs' "$out")" '1 1'
finish
