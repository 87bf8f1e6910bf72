// Steps, time and zoom for the page of make demo. Without it the page says everything, at once.
'use strict';
(() => {
    const all = (query, from = document) => [...from.querySelectorAll(query)];
    const stage = document.querySelector('.stage');
    const now = document.querySelector('.now');
    const playButton = stage.querySelector('[data-do=play]');
    const words = { run: playButton.textContent, stop: playButton.dataset.stop };
    const steps = all('.step');            // engines of each workload, then the sentences
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const SECONDS = 12;                    // for the whole window
    let at = -1, time = null, running = 0;

    const here = () => steps[at];
    const workload = () => (here() || steps[0]).closest('section');
    const views = (section) => all('svg.time', section);
    const length = (section) => Number(section.dataset.window);
    const viewOf = (section) => {
        const box = views(section)[0];
        return box ? box.getAttribute('viewBox').split(' ').map(Number) : null;
    };

    // ---- how much of the time is seen ----

    const drawAxis = (section, from, width) => {
        const axis = section.querySelector('svg.axis');
        const scale = 10 ** Math.floor(Math.log10(width / 4));
        const step = [1, 2, 5, 10].map(n => n * scale).find(n => width / n <= 7);
        const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        axis.replaceChildren();
        for (let ms = Math.ceil(from / step - 1e-9) * step; ms <= from + width + 1e-9; ms += step) {
            const x = `${100 * (ms - from) / width}%`;
            const line = document.createElementNS(axis.namespaceURI, 'line');
            const text = document.createElementNS(axis.namespaceURI, 'text');
            for (const [key, value] of [['x1', x], ['x2', x], ['y1', 0], ['y2', 5]])
                line.setAttribute(key, value);
            text.setAttribute('x', x);
            text.setAttribute('y', 18);
            text.textContent = ms.toFixed(places);
            if (ms - from < width / 50) text.setAttribute('class', 'first');
            if (from + width - ms < width / 50) text.setAttribute('class', 'last');
            axis.append(line, text);
        }
    };

    const look = (section, from, width) => {
        const most = length(section);
        width = Math.min(most, Math.max(most / 1000, width));
        from = Math.min(most - width, Math.max(0, from));
        for (const svg of views(section)) {
            const box = svg.getAttribute('viewBox').split(' ');
            svg.setAttribute('viewBox', `${from} 0 ${width} ${box[3]}`);
        }
        drawAxis(section, from, width);
    };

    const zoom = (section, factor, around = 0.5) => {
        const view = viewOf(section);
        if (view) look(section, view[0] + view[2] * around * (1 - factor), view[2] * factor);
    };
    const move = (share) => {
        const view = viewOf(workload());
        if (view) look(workload(), view[0] + view[2] * share, view[2]);
    };

    // ---- the time runs ----

    const doing = (svg) => all('.slice', svg).reduce((found, slice) => {
        const from = Number(slice.getAttribute('x'));
        if (from <= time && time < from + Number(slice.getAttribute('width')))
            found.push(`${slice.dataset.who}: ${slice.dataset.what}`);
        return found;
    }, []);

    const showTime = () => {
        const svg = here() && here().querySelector('svg.time');
        all('.needle').forEach(needle => needle.remove());
        if (!svg || time === null) {
            now.textContent = here() ? here().dataset.name : '';
            return;
        }
        const needle = document.createElementNS(svg.namespaceURI, 'line');
        const height = svg.getAttribute('viewBox').split(' ')[3];
        for (const [key, value] of [['x1', time], ['x2', time], ['y1', 0], ['y2', height],
            ['class', 'needle']])
            needle.setAttribute(key, value);
        svg.append(needle);
        now.textContent = `${time.toFixed(1)} ms   ${doing(svg).slice(0, 3).join(' · ')}`;
    };

    const stop = () => {
        cancelAnimationFrame(running);
        running = 0;
        playButton.textContent = words.run;
    };

    const play = () => {
        if (running) return stop();
        if (at < 0) step(1);
        if (!here().querySelector('svg.time')) return undefined;
        const most = length(workload());
        if (time === null || time >= most) time = 0;
        if (still) {                       // one look at a time
            time = Math.min(most, time + most / 40);
            return showTime();
        }
        playButton.textContent = words.stop;
        let before = performance.now();
        const frame = (moment) => {
            time = Math.min(most, time + (moment - before) / 1000 / SECONDS * most);
            before = moment;
            showTime();
            running = time < most ? requestAnimationFrame(frame) : 0;
            if (!running) stop();
        };
        running = requestAnimationFrame(frame);
        return undefined;
    };

    // ---- one engine at a time ----

    const mark = () => {
        all('.here').forEach(element => element.classList.remove('here'));
        document.body.classList.toggle('stepping', at >= 0);
        if (at >= 0) {
            here().classList.add('here');
            const row = here().dataset.row && document.getElementById(here().dataset.row);
            if (row) row.classList.add('here');
            here().scrollIntoView({ block: 'center', behavior: still ? 'auto' : 'smooth' });
        }
        time = null;
        showTime();
    };

    const step = (by) => {
        stop();
        at = Math.min(steps.length - 1, Math.max(0, at < 0 && by < 0 ? 0 : at + by));
        mark();
    };

    const leave = () => {
        stop();
        at = -1;
        all('section[data-window]').forEach(section => look(section, 0, length(section)));
        mark();
    };

    const does = {
        next: () => step(1),
        before: () => step(-1),
        play,
        closer: () => zoom(workload(), 0.5),
        farther: () => zoom(workload(), 2),
        earlier: () => move(-0.25),
        later: () => move(0.25),
        whole: () => look(workload(), 0, length(workload())),
        leave,
    };
    const keys = {
        ArrowRight: 'next', n: 'next', PageDown: 'next', ArrowLeft: 'before', b: 'before',
        PageUp: 'before', ' ': 'play', '+': 'closer', '=': 'closer', '-': 'farther',
        ',': 'earlier', '.': 'later', '0': 'whole', Escape: 'leave',
    };

    addEventListener('keydown', (event) => {
        const wanted = keys[event.key];
        const busy = event.target.closest && event.target.closest('summary, button, a, input');
        if (!wanted || event.ctrlKey || event.metaKey || event.altKey || (busy && event.key === ' '))
            return;
        if (wanted === 'whole' && !workload().dataset.window) return;
        event.preventDefault();
        does[wanted]();
    });
    stage.addEventListener('click', (event) => {
        const button = event.target.closest('button');
        if (button) does[button.dataset.do]();
    });
    for (const svg of all('svg.time'))
        svg.addEventListener('wheel', (event) => {
            if (!event.ctrlKey && !event.shiftKey) return;
            const box = svg.getBoundingClientRect();
            event.preventDefault();
            zoom(svg.closest('section'), event.deltaY + event.deltaX > 0 ? 1.25 : 0.8,
                (event.clientX - box.left) / box.width);
        }, { passive: false });

    stage.hidden = false;
    all('.keys').forEach(element => { element.hidden = false; });
    all('section[data-window]').forEach(section => look(section, 0, length(section)));
})();
