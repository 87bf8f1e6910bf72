"""CPython's threads and its Pool beside the engines of `make demo`.

    contrast.py CONTRAST.JSON

Does in CPython what the demo did: a sum that takes half a second serially, on as many workers, and
12 waits of 50 ms on 6 (sleeps; the demo's answers take as long). Prints three rows for each
workload and adds them to the file. A speedup is one over CPython's own loop: absolute times of the
two languages say nothing about the lock.
"""
import json
import multiprocessing
import sys
import time

from cpython import add_up, timed, together

WAITS, WAIT, WAITERS, ROUNDS = 12, 0.05, 6, 3


def wait(times):
    for _ in range(times):
        time.sleep(WAIT)
    return times


def by_pool(work, shares):
    with multiprocessing.Pool(len(shares)) as pool:
        return pool.map(work, shares)


def by_threads(work, shares):
    results = [None] * len(shares)

    def one(i):
        results[i] = work(shares[i])

    together(one, range(len(shares)))
    return results


def serially(work, shares):
    return [work(share) for share in shares]


ENGINES = [("cpython", serially), ("cpython-threads", by_threads), ("cpython-pool", by_pool)]


def measure(work, shares):
    """For each engine its best time, and whether its results were always those of the loop."""
    best = {name: float("inf") for name, _ in ENGINES}
    agrees = {name: True for name, _ in ENGINES}
    expected = serially(work, shares)
    for _ in range(ROUNDS):
        for name, engine in ENGINES:
            begin = time.perf_counter()
            results = engine(work, shares)
            best[name] = min(best[name], time.perf_counter() - begin)
            agrees[name] = agrees[name] and results == expected
    return best, agrees


def main(path):
    with open(path) as file:
        contrast = json.load(file)
    workers = next(row["workers"] for row in contrast["rows"] if row["engine"] == "threads")
    n = 1000000
    n = int(n * 0.5 / timed(add_up, n))
    print("\nTHE SAME IN CPYTHON %d.%d (waits are sleeps); a speedup is over its own loop\n"
          % sys.version_info[:2])
    print("  %-16s %-10s %10s %8s" % ("engine", "workload", "wall time", "speedup"))
    for workload, count, work, shares in (
            ("computing", workers, add_up, [n // workers] * workers),
            ("waiting", WAITERS, wait, [WAITS // WAITERS] * WAITERS)):
        best, agrees = measure(work, shares)
        for name, _ in ENGINES:
            speedup = best["cpython"] / best[name]
            print("  %-16s %-10s %7.0f ms %8.2f%s" % (name, workload, best[name] * 1000, speedup,
                                                      "" if agrees[name] else "  WRONG"))
            contrast["rows"].append({"workload": workload, "engine": name, "workers": count,
                                     "seconds": best[name], "speedup": speedup,
                                     "agrees": agrees[name]})
    with open(path, "w") as file:
        json.dump(contrast, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
