#!/bin/sh
# The inner loops of the matrix product's tiles, in the machine code of the library: nothing but loads, fused
# multiply-adds and what moves on. A compiler that runs out of registers stores sums to the stack, at half the speed and
# worse; here such a store, or more instructions for a fused multiply-add than were counted when speed was measured, is
# a failure. Counts, no times: this holds on a busy machine, too.
set -eu

library=$BUILD/libplummet.a
command -v objdump >/dev/null 2>&1 || { echo "skipped: no objdump (binutils)"; exit 77; }
[ -f "$library" ] || { echo "skipped: no $library"; exit 77; }
code=${TMPDIR:-/tmp}/inner_loops.$$
trap 'rm -f "$code"' EXIT

# `most`: instructions for a fused multiply-add of the best loop of a tile (rows_panels), a little above what gcc 12 and
# clang 14 came to: 1.90 and 2.08 for 6 rows by a panel with AVX2, 1.62 and 1.79 for 6 by 4 with AVX-512.
check() { # object tile most
    objdump -d --no-show-raw-insn "$library" | awk -v object="$1" -v tile="<$2>:" '
        $2 == "file" || /file format/ { inside = index($1, object) == 1 }
        inside && $2 == tile { print_it = 1; next }
        /^$/ { print_it = 0 }
        print_it' >"$code"
    [ -s "$code" ] || { echo "no $2 in $1"; return 1; }
    awk -v name="$1 $2" -v most="$3" '
        function number(text,   i, n) {
            for (i = 1; i <= length(text); i++)
                n = n * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
            return n
        }
        { sub(/:$/, "", $1); at[NR] = number($1); what[NR] = $0; word[NR] = $2; target[NR] = number($3) }
        END {
            best = 99
            for (j = 1; j <= NR; j++) {
                if (word[j] !~ /^j/ || word[j] == "jmp" || target[j] > at[j])
                    continue
                fused = count = bad = other = 0 # perhaps a loop: from the target to here
                for (i = j; i > 0 && at[i] >= target[j]; i--) {
                    count++
                    fused += word[i] ~ /^vfmadd/
                    other += i < j && word[i] ~ /^(j|ret)/
                    # The stack, a store, or a sum moved from one register to another.
                    if (what[i] ~ /\(%rsp|\(%rbp\)/ || what[i] ~ /v?mov[a-z0-9]* +%[^,]*,.*\(/ ||
                        what[i] ~ /vmov[au]p[sd] +%[xyz]mm[0-9]+,%[xyz]mm/)
                        bad++
                }
                if (other || fused < 2) # a way back from elsewhere, or not a loop over the depth
                    continue
                loops++
                if (count / fused < best)
                    best = count / fused
                if (bad)
                    spilled = spilled "\n    " bad " in the loop of " count " instructions at " target[j]
            }
            printf "%-24s %d loops, at best %.2f instructions for a fused multiply-add (at most %.2f)\n", name, loops, best, most
            if (spilled != "")
                print "  spills or moves:" spilled
            exit loops < 2 || spilled != "" || best > most
        }' "$code"
}

case $(uname -m) in x86_64 | amd64) ;; *) echo "skipped: counted for x86-64 only"; exit 77 ;; esac
failed=0
while read -r object tile most; do
    check "$object" "$tile" "$most" || failed=1
done <<END
avx2.c tile_6_1 2.20
avx2.c tile_5_1 2.25
avx2.c tile_4_1 2.30
avx2.c tile_3_1 2.50
avx512.c tile_6_4 1.85
avx512.c tile_5_4 1.85
avx512.c tile_8_3 2.00
avx512.c tile_12_2 2.25
avx2.c tile_8_H1 2.75
avx512.c tile_8_H3 2.00
avx512.c tile_12_H2 2.25
avx512.c tile_16_H1 2.75
END
exit $failed
