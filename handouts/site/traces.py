"""Reads a trace that a program here wrote (--trace): Chrome's JSON. Times are in milliseconds."""

import json
from dataclasses import dataclass, field

STATES = {"computing": "computing", "waiting for the lock": "lock", "blocked": "blocked"}


@dataclass
class Slice:
    begin: float
    end: float
    state: str            # computing, lock or blocked
    came_from: str = ""   # lock: who had it before, if this wait ended by a hand-over


@dataclass
class Worker:
    name: str
    slices: list = field(default_factory=list)

    @property
    def begin(self):
        return self.slices[0].begin

    @property
    def end(self):
        return self.slices[-1].end

    def spent(self, state):
        return sum(piece.end - piece.begin for piece in self.slices if piece.state == state)


@dataclass
class Run:
    name: str
    workers: dict = field(default_factory=dict)    # {number: Worker}, in the order of their begin
    handovers: list = field(default_factory=list)  # (when, from whom, to whom): numbers


def read(path):
    """{name: Run} of a trace, in its order."""
    with open(path, encoding="utf-8") as file:
        events = json.load(file)["traceEvents"]
    runs, starts = {}, {}
    for event in events:
        kind, pid, tid = event["ph"], event["pid"], event.get("tid")
        if kind == "M" and event["name"] == "process_name":
            runs[pid] = Run(event["args"]["name"])
        elif kind == "M" and event["name"] == "thread_name":
            runs[pid].workers[tid] = Worker(event["args"]["name"])
        elif kind == "X":
            begin = event["ts"] / 1000
            runs[pid].workers[tid].slices.append(
                Slice(begin, begin + event["dur"] / 1000, STATES[event["name"]]))
        elif kind == "s":
            starts[event["id"]] = tid
        elif kind == "f":
            runs[pid].handovers.append((event["ts"] / 1000, starts[event["id"]], tid))
    for run in runs.values():
        finish(run)
    return {run.name: run for run in runs.values()}


def finish(run):
    for worker in run.workers.values():
        worker.slices.sort(key=lambda piece: piece.begin)
    for when, giver, taker in run.handovers:
        for piece in run.workers[taker].slices:
            if piece.state == "lock" and piece.begin <= when <= piece.end:
                piece.came_from = run.workers[giver].name


def rows(run, at_once):
    """The workers in as few rows as there are at once: [[Worker, ...], ...]. Workers that do not
    overlap share a row, as they do on the terminal (common/program/workers.h)."""
    workers = [worker for worker in run.workers.values() if worker.slices]
    if len(workers) <= at_once:
        return [[worker] for worker in workers]
    shared = []
    for worker in sorted(workers, key=lambda worker: worker.begin):
        row = next((row for row in shared if row[-1].end <= worker.begin), None)
        if row is None:
            shared.append([worker])
        else:
            row.append(worker)
    return shared
