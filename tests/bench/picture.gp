# Draws a table of bench.sh twice: as SVG, and as text in a terminal. Set by bench.sh: name (of
# the file, without .csv), what, across, up; amdahl: fit Amdahl's law to each curve; second: the
# column that has an axis of its own; up then names both, with a semicolon between; columns: the
# last one that is drawn, if not all are.
set datafile separator ','
set datafile missing 'nan'
set key outside bottom center horizontal autotitle columnhead
set title what
set xlabel across
set ylabel up
set grid
set offsets graph 0, graph 0, graph 0.05, graph 0
set format x '%g'
set format y '%g'
if (!exists('columns')) columns = int(system("head -n 1 ".name.".csv | tr ',' '\n' | wc -l"))
array f[columns]
law(x, f) = 1 / (f + (1 - f) / x)
if (exists('amdahl')) {
    set xtics 1
    cpus = int(system('nproc'))
    if (cpus < 2) {
        print 'One usable CPU: there is no curve to fit.'
        undefine amdahl
    }
}
if (exists('amdahl')) {
    set fit quiet logfile '/dev/null'
    do for [i = 2:columns] {
        part = 0.05
        fit [1:cpus + 0.5] law(x, part) name.'.csv' using 1:i via part
        f[i] = part
    }
    print sprintf('Amdahl, up to %d workers: %.3f of the work (threads) and %.3f (pool) is not '. \
        'parallel', cpus, f[2], f[3])
}
if (exists('second')) {
    set y2tics
    set y2range [0:*]
    set yrange [0:*]
}

do for [kind in "svg dumb"] {
    if (kind eq 'svg') {
        set terminal svg size 720,480 background 'white'
        set output name.'.svg'
        set bmargin 6
        if (exists('second')) {
            set ylabel up[1:strstrt(up, ';') - 1]
            set y2label up[strstrt(up, ';') + 2:*]
        }
    } else {
        set terminal dumb size 79,24
        set output
        set bmargin
        set ylabel up
        unset y2label
    }
    if (exists('amdahl')) {
        plot for [i = 2:columns] name.'.csv' using 1:i with linespoints, \
            for [i = 2:columns] law(x, f[i]) with lines dashtype 2 \
                title sprintf('Amdahl, %.3f', f[i]), \
            x with lines linecolor 'gray50' dashtype 3 title 'linear'
    } else { if (exists('second')) {
        plot name.'.csv' using 1:2 with linespoints, '' using 1:3 axes x1y2 with linespoints
    } else {
        plot for [i = 2:columns] name.'.csv' using 1:i with linespoints
    }}
}
