#!/bin/sh
# Do the programs that measure (make bench, make peers) still start, end, and write what they
# should? On sizes that say nothing. Prints a line for each thing that is wrong.
# usage: measures.sh OBJECTS SCRATCH
set -u
objects=$1 scratch=$2

bench=$objects/tests/bench/bench
tables='chunks workers tasks lock memory speedup sums fetch references'
# Where MPI is, make has made this, too.
ranks=$objects/tests/bench/ranks/ranks
if [ -x "$ranks" ]; then tables="$tables messages"; else ranks=; fi
sh tests/bench/bench.sh ${ranks:+--ranks "$ranks"} "$bench" "$scratch/bench" tiny \
    >"$scratch/said" 2>&1 ||
    sed 's/^/bench: /' "$scratch/said"
for table in $tables; do
    awk -F , -v table="bench: $table" '
        NR == 1 {fields = NF; next}
        NF != fields {print table ": line " NR " has " NF " fields, not " fields}
        {for (i = 1; i <= NF; i++) if ($i !~ /^(nan|-?[0-9.]+)$/) print table ": no number: " $i}
        END {if (NR < 4) print table ": " NR " lines only"}' "$scratch/bench/$table.csv"
done 2>&1

# A stand-in for a Python without the GIL, which few have: for the column that it gets. Whatever it
# is asked, it has measured one half.
cat >"$scratch/free" <<'END'
#!/bin/sh
case $2 in
version) echo 'CPython 3.13.0 without GIL' ;;
*) echo 0.5 ;;
esac
END
chmod +x "$scratch/free"
sh tests/peers/peers.sh python3 "$scratch/peers" "$objects" --free "$scratch/free" --tiny \
    --rounds 1 >"$scratch/said" 2>&1 ||
    sed 's/^/peers: /' "$scratch/said"
[ ! -f "$scratch/peers/peers.json" ] || python3 - "$scratch/peers/peers.json" <<'END'
import json, sys
rows = json.load(open(sys.argv[1]))["rows"]
if len(rows) < 20:
    print("peers: %d rows only" % len(rows))
if sum("free" in row and row["free"] > 0 for row in rows) < 15:
    print("peers: hardly a figure of the Python without the GIL")
for row in rows:
    if not row["what"] or row["kind"] not in ("fidelity", "speed", "bare"):
        print("peers: an odd row: %s" % row)
    elif not isinstance(row["lockstep"], float) or row["lockstep"] <= 0:
        print("peers: %s: no figure of Lockstep's" % row["what"])
END
