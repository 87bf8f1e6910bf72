"""One measurement of CPython's, for peers.py, which takes the same one of Lockstep (lockstep.c).

    cpython.py WHAT NUMBER...      prints one number: seconds, unless said otherwise

lockstep.c lists what there is; besides:

    executor WORKERS COUNT         as pool, by concurrent.futures with chunks of 1
    waits-executor THREADS         as waits, by concurrent.futures
    program NAME TASK_MS           one of the document's programs: run time by itself
    version                        prints who is measured

Python 3.8 and later; nothing but its standard library.
"""
import asyncio
import concurrent.futures
import functools
import multiprocessing
import socket
import statistics
import sys
import threading
import time

PAIRS = 15


class Thing:
    """What references are to."""


def timed(work, *arguments):
    begin = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - begin


def together(work, arguments):
    threads = [threading.Thread(target=work, args=(a,)) for a in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def add_up(n):
    total = 0
    for i in range(n):
        total += i
    return total


def measure_sum(threads, n):
    # Short pairs: a shared machine's speed comes and goes within a second.
    def by(count):
        return timed(together, add_up, [n // count] * count)

    pairs = [(by(1), by(threads)) for _ in range(PAIRS)]
    return statistics.median(several / one for one, several in pairs)


def take_references(thing, n):
    for _ in range(n):
        one = thing
        two = thing
        one = thing
        two = thing
    return one is two


def measure_references(threads, n):
    """The same in a Python without the lock is references-free."""
    def by(shared):
        things, ready = [None] * threads, threading.Barrier(threads)

        def use(number):
            if number == 0 or not shared:
                things[number] = Thing()
            ready.wait()
            take_references(things[0 if shared else number], n // 4)

        return timed(together, use, range(threads))

    ratios = [(by(True), by(False)) for _ in range(PAIRS)]
    return statistics.median(one / each for one, each in ratios)


measure_references_free = measure_references


def measure_waits(threads):
    def waits(count):
        for _ in range(count):
            time.sleep(0.05)

    return timed(together, waits, [12 // threads] * threads)


def measure_waits_executor(threads):
    def run():
        with concurrent.futures.ThreadPoolExecutor(threads) as executor:
            list(executor.map(time.sleep, [0.05] * 12))

    return timed(run)


class Computing:
    """Threads that compute until the with statement ends."""

    def __init__(self, count):
        self.done = False
        self.threads = [threading.Thread(target=self.compute) for _ in range(count)]

    def compute(self):
        while not self.done:
            pass

    def __enter__(self):
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_):
        self.done = True
        for thread in self.threads:
            thread.join()


def measure_delay(threads, interval_us, sleeps):
    sys.setswitchinterval(interval_us / 1e6)
    with Computing(threads):
        delays = [timed(time.sleep, 0.001) - 0.001 for _ in range(sleeps + 2)]
    return statistics.median(delays[2:])


def measure_switches(threads, interval_us, _):
    """Reads CPython's own count; for gdb (see peers.py), which looks at it twice."""
    sys.setswitchinterval(interval_us / 1e6)
    with Computing(threads):
        sys.stdout.write("computing\n")
        sys.stdout.flush()
        sys.stdin.readline()
    return 0


def nothing(*_):
    return None


def measure_process(count):
    def start_and_join():
        process = multiprocessing.Process(target=nothing)
        process.start()
        process.join()

    return statistics.median(timed(start_and_join) for _ in range(count))


def measure_pool(workers, count, chunk):
    with multiprocessing.Pool(workers) as pool:
        numbers = range(count)
        pool.map(nothing, numbers, chunk or None)
        times = [timed(pool.map, nothing, numbers, chunk or None) for _ in range(3)]
        return count / statistics.median(times)


def measure_executor(workers, count):
    with concurrent.futures.ProcessPoolExecutor(workers) as executor:
        list(executor.map(nothing, range(workers)))
        return count / timed(lambda: list(executor.map(nothing, range(count))))


def measure_open(workers):
    times = []
    for _ in range(11):
        begin = time.perf_counter()
        pool = multiprocessing.Pool(workers)
        times.append(time.perf_counter() - begin)
        pool.terminate()
        pool.join()
    return statistics.median(times)


def task(value_and_ms):
    value, ms = value_and_ms
    time.sleep(ms / 1000)
    return value**5


def program(name, ms):
    def processes(count, at_once):
        running = []
        for value in range(1, count + 1):
            process = multiprocessing.Process(target=task, args=((value, ms),))
            process.start()
            running.append(process)
            if not at_once:
                process.join()
        for process in running:
            process.join()

    def pool(count, workers):
        with multiprocessing.Pool(workers) as p:
            p.map(task, [(value, ms) for value in range(1, count + 1)])

    def loop(count):
        for value in range(1, count + 1):
            task((value, ms))

    programs = {
        "process": lambda: processes(11, True),
        "loop": lambda: loop(11),
        "pool": lambda: pool(99, 6),
        "powers-single": lambda: loop(12),
        "powers-multi": lambda: pool(12, 6),
        "squares-one-by-one": lambda: processes(5, False),
        "squares-together": lambda: processes(5, True),
    }
    return timed(programs[name])


def rounds_of(us):
    """How many turns of a loop take so much CPU time: the best of some."""
    turns = 50000

    def spent():
        begin = time.process_time()
        add_up(turns)
        return time.process_time() - begin

    return int(us / 1e6 / min(spent() for _ in range(7)) * turns)


def fetch(port, rounds, number):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"%d\n" % number)
        answer = connection.makefile("rb").readline()
    add_up(rounds)
    return int(answer)


async def fetch_async(port, rounds, number, room):
    async with room:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"%d\n" % number)
        answer = await reader.readline()
        writer.close()
    add_up(rounds)
    return int(answer)


async def fetch_all(port, rounds, at_once, count):
    room = asyncio.Semaphore(at_once)
    return await asyncio.gather(*(fetch_async(port, rounds, n, room) for n in range(count)))


def rate(work, count):
    begin = time.perf_counter()
    if work() != [n * n for n in range(count)]:
        sys.exit("cpython.py: wrong answers")
    return count / (time.perf_counter() - begin)


def measure_fetch_threads(at_once, count, us, port):
    ask = functools.partial(fetch, port, rounds_of(us))

    def work():
        with concurrent.futures.ThreadPoolExecutor(at_once) as executor:
            return list(executor.map(ask, range(count)))

    return rate(work, count)


def measure_fetch_loop(at_once, count, us, port):
    rounds = rounds_of(us)
    return rate(lambda: asyncio.run(fetch_all(port, rounds, at_once, count)), count)


def measure_fetch_processes(at_once, count, us, port):
    ask = functools.partial(fetch, port, rounds_of(us))

    def work():
        with multiprocessing.Pool(at_once) as pool:
            return pool.map(ask, range(count))

    return rate(work, count)


def main(what, *arguments):
    if what == "version":
        enabled = getattr(sys, "_is_gil_enabled", lambda: True)()
        print("CPython %d.%d.%d%s" % (sys.version_info[:3] + ("" if enabled else " without GIL",)))
        return
    if what == "program":
        print(program(arguments[0], int(arguments[1])))
        return
    print(globals()["measure_" + what.replace("-", "_")](*map(int, arguments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
