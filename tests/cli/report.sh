#!/bin/sh
# report.html: written by train and by report, small, without a request or a script, foreign names escaped, CSV beside each
# picture; looked at by a browser without a network, where there is one.
. tests/cli/common
awk 'BEGIN { srand(5); print "<i>id</i>,\"a<script>alert(1)</script>\",b & c,kind"
    for (i = 0; i < 260; i++) { a = rand(); b = rand()
        printf "%d,%.3f,%.3f,%s\n", i, a, b, (a > 0.6 ? "<b>one" : b > 0.5 ? "two & x" : "three") } }' > odd.csv
run train odd.csv target=kind effort=quick epochs=50 observers= columns='0=drop' out=odd -q doctor=true
is train "$code" 0
page=odd/report.html
is 'the page is there' "$([ -s $page ] && echo yes)" yes
is 'at most 400 kB for 50 epochs' "$([ "$(wc -c < $page)" -le 400000 ] && echo small)" small
is 'epochs' "$(tail -n 1 odd/history.csv | cut -d, -f1)" 50
for section in training target-0 inputs worst-0 columns doctor readings settings; do
    has "section $section" $page "<section id=\"$section\">"
done
for file in history confusion calibration importance layers; do
    has "$file.csv" $page "download=\"$file.csv\" href=\"data:text/csv"
done
# nothing is loaded: no address but the name of SVG, no script, no import, no font
is 'addresses' "$(grep -o '[a-z]*://[^" ]*' $page | sort -u)" 'http://www.w3.org/2000/svg'
for word in '<script' '<iframe' '<img' 'src=' '@import' 'url(' 'javascript:' '<object' '<i>' '<b>one'; do
    lacks "$word" $page "$word"
done
has 'escaped' $page 'a&lt;script&gt;alert(1)&lt;/script&gt;'
has 'escaped' $page '&lt;b&gt;one'
has 'a policy' $page "default-src 'none'"
has 'dark' $page 'prefers-color-scheme: dark'
has 'print' $page '@media print'
has 'origins' $page '<td>chosen</td>'
has 'origins' $page '<td>said</td>'
has 'run.yaml' odd/run.yaml '^loss:  # chosen$'
has 'run.yaml' odd/run.yaml '^epochs: 50$'

# ---- the same page again ----
cp $page first.html
run report odd
is 'report' "$code $(cat "$out")" "0 odd/report.html"
# importance is measured on as many rows as the training allows, so only the page of report itself is the same again
cp $page second.html
run report odd -o third.html
is 'the same page' "$(cmp second.html third.html && echo same)" same
run report odd threads=1 -o fourth.html
sed '/>threads</d; /^Memory to train/d' fourth.html > less.html
sed '/^Memory to train/d' second.html > usual.html
is 'on one thread' "$(cmp usual.html less.html && echo same)" same
cp odd.csv kept.csv
for file in odd.csv odd/model.safetensors odd/run.yaml page; do
    run report odd -o $file
    is "a page is no $file" "$code" 2
    has "a page is no $file" "$err" 'ends in neither .html nor .htm'
done
is 'the table is kept' "$(cmp odd.csv kept.csv && echo same)" same
mv odd.csv gone.csv
run report odd
is 'without its data' "$code" 3
has 'without its data' "$err" 'the existing page is kept'
has 'without its data' "$err" 'put the data file back'
is 'the existing page is kept' "$(cmp second.html $page && echo same)" same
run report odd -o bare.html
is 'a page without its data' "$code" 0
has 'without its data' "$err" 'the data of the run cannot be read'
has 'without its data' bare.html 'Not evaluated: '
lacks 'without its data' bare.html '<section id="inputs">'
lacks 'without its data' bare.html 'bootstrap samples of these rows'
lacks 'without its data' bare.html 'Metrics are shown only'
mv gone.csv odd.csv

# ---- other runs ----
awk 'BEGIN { print "x,y"; for (i = 0; i < 200; i++) printf "%.1f,%.1f\n", i * 37 % 91 / 4, 3e5 + 700 * (i * 37 % 91) }' > line.csv
run train line.csv target=y effort=quick epochs=3 out=line -q
has 'numbers' line/report.html 'Predicted against true'
has 'numbers' line/report.html 'download="predictions.csv"'
has 'what was evaluated' line/report.html 'Evaluated on the .* (40 rows)\. The ranges contain 95&nbsp;% of the bootstrap samples'
lacks 'what was evaluated' line/report.html 'Metrics are shown only'
# an output of many numbers has no metrics
awk 'BEGIN { for (k = 0; k < 41; k++) printf "c%d%s", k, k < 40 ? "," : "\n"
    for (i = 0; i < 200; i++) for (k = 0; k < 41; k++) printf "%d%s", i * (k + 3) % 17, k < 40 ? "," : "\n" }' > wide.csv
cat > wide.yaml <<END
data: csv(wide.csv, target=[$(seq -s , 1 40)]) | shuffle | batch(16)
validation: split(0.2)
model: [dense(40)]
loss: mse
epochs: 1
END
run train wide.yaml out=wide -q
is 'many numbers' "$code" 0
has 'many numbers' wide/report.html 'Evaluated on the .*\. Metrics are shown only for outputs that predict one class or a few numbers\.</p>'
lacks 'many numbers' wide/report.html 'bootstrap samples of these rows'
# 20 classes and a net that knows nothing: each confidence is 0.05, in the first bin of the calibration
awk 'BEGIN { print "x,kind"; for (i = 0; i < 400; i++) printf "%d,k%02d\n", i * 37 % 91, i % 20 }' > many.csv
run train many.csv target=kind model='[dense(20, activation=softmax, kernel_initializer=zeros)]' epochs=0 nets=1 out=many -q
has 'the first bin' many/report.html '<td>0.0&thinsp;&ndash;&thinsp;0.1</td><td class="n">0.050</td><td class="n">0.050</td><td class="n">80</td>'
has 'the first bin' many/report.html 'low,high,confidence,accuracy,rows%0A0,0.1,0.050*[0-9]*,0.05,80%0A"'
sed -n '/Calibration/,/calibration.csv/p' many/report.html > calibration
is 'the point of the first bin, and the mark at the last point' "$(grep -o '<circle' calibration | wc -l)" 2
# labels that contradict the size: the size is the reason
awk 'BEGIN { print "size,color,kind"; for (i = 0; i < 300; i++) { big = i * 37 % 100 > 50; if (i % 25 == 7) big = !big
    printf "%d,%s,%s\n", i * 37 % 100, i * 13 % 3 ? "red" : "blue", big ? "big" : "small" } }' > labels.csv
run train labels.csv target=kind effort=quick epochs=20 out=labels -q
is 'reasons' "$code" 0
has 'reasons' labels/report.html '<th>why</th>'
has 'reasons' labels/report.html '<td>size = [0-9]* (+0[.0-9]*)'
run train digits epochs=1 out=digits -q
lacks 'no reasons for pictures' digits/report.html '<th>why</th>'
has 'pictures' digits/report.html '<section id="inputs">'
run train digits epochs=1 out=arrows -q 'model=[input(64, name=i), dense(8, name=a), dense(8, name=b) <- i, add() <- a b, dense(10, activation=softmax)]'
has 'arrows are escaped' arrows/report.html 'add.*&lt;- a, b\|add.*&lt;- a b'
lacks 'arrows are escaped' arrows/report.html '<-'
run train digits epochs=1 out=plain -q report=false
is 'report: false' "$([ -e plain/report.html ] || echo none)" none
run train --resume plain report=true -q
is 'a run that had ended, without a page' "$code $([ -s plain/report.html ] && echo page)" '0 page'
run train digits epochs=1 out=none -q test=none validation=none
is 'no rows to judge by' "$code" 0
has 'no rows to judge by' none/report.html 'no test rows and no validation rows'
run report no-such-run
is 'no such run' "$code" 5
run report digits/model.safetensors
is 'a model file is no run' "$code" 2

# ---- in a browser: no request, no error; the policy of the page is no excuse, since it would be an error, too ----
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
[ -n "$browser" ] || { echo 'no browser: not opened'; finish; }
timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-sync --disable-component-update --user-data-dir="$work/browser" --window-size=400,900 --enable-logging=stderr \
    --log-net-log="$work/net.json" --screenshot="$work/page.png" "file://$work/second.html" > browser.log 2>&1
[ -s page.png ] || { echo 'the browser does not run here: not opened'; finish; }
lacks 'console' browser.log 'CONSOLE'
is 'requests' "$(grep -o '"url":"[a-z]*://[^"]*"' net.json | grep -v '"url":"file:///\|"url":"chrome' | grep second)" ''
is 'what the page asks for' "$(grep -o '"url":"[^"]*"' net.json | grep -v 'google\|chrome' | grep -v second.html | grep 'http' | sort -u)" ''
# ---- readings that cannot be read are no reason to leave them out in silence ----
run train digits doctor=true out=unread epochs=1 -q
rm unread/readings.csv unread/report.html
mkdir unread/readings.csv
run report unread
is 'no readings' "$code" 5
has 'no readings' "$err" "cannot read 'unread/readings.csv'"
is 'no readings: no page' "$(ls unread/report.html 2> /dev/null)" ''

# ---- the longer the training, the more rows are predicted to find what matters: a 20th of its rows, within bounds ----
awk 'BEGIN { for (j = 0; j < 40; j++) printf "c%d,", j; print "y"
             for (i = 0; i < 1500; i++) { for (j = 0; j < 40; j++) printf "%d,", (i * (j * 7 + 3)) % (101 + j); print i % 2 } }' > wide.csv
cat > wide.yaml <<'YAML'
data: table('wide.csv', target=y) | shuffle | batch(400)
test: split(0.2, shuffle=true)
model: [dense(1, activation=sigmoid)]
loss: binary_crossentropy
YAML
for pair in 5:162 500:243 2000:300; do # 20000, 30000 and 100000 rows for 3 times 41; there are 300
    run train wide.yaml epochs=${pair%:*} out=wide overwrite=true checkpoint=false -q
    is "${pair%:*} epochs" "$code" 0
    has "${pair%:*} epochs" wide/report.html "is shuffled among ${pair#*:} rows, 3 times"
done
finish
