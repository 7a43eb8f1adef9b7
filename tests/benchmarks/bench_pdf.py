"""PDFs: throughput against bare WeasyPrint, an invoice's cost against an empty page's, memory over a long run.

    python -m tests.benchmarks.bench_pdf [--quick]

Each figure is a ratio to a floor measured in the same run, alternately, so that a busy machine disturbs both.
The floor of the throughput is WeasyPrint alone: the finished HTML, its stylesheet parsed, its fonts loaded and
one process per core. The floor of an invoice's cost is an empty page, printed the same way.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import multiprocessing.connection
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastoffice.documents.assets import BASE_URL, Assets
from fastoffice.documents.renderer import Renderer, RenderJob
from fastoffice.documents.sandbox import run_limited
from fastoffice.documents.templating import render_html
from tests.factories import documents as papers

LANG = "es"
EMPTY_PAGE = "<!doctype html><html lang=es><title>-</title><body></body></html>"
PROCESSES = 2
THROUGHPUT_GOAL = 0.9
COST_GOAL = 13.0
MEMORY_GOAL = 1.1
Figure = dict[str, Any]


def run(quick: bool) -> list[Figure]:
    """Every figure as {name, value, unit, ratio, goal, ok}; ``quick`` takes seconds instead of minutes."""
    return [throughput(12 if quick else 60), cost(6 if quick else 20), memory(60 if quick else 2000)]


def figure(name: str, value: float, unit: str, ratio: float, goal: float, ok: bool) -> Figure:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "ratio": round(ratio, 2),
        "goal": goal,
        "ok": ok,
    }


def throughput(count: int, rounds: int = 3) -> Figure:
    """Six-line invoices per second through the renderer, against WeasyPrint alone."""
    ours, bare = [], []
    with Renderer(PROCESSES) as renderer, BareWeasyPrint(PROCESSES) as weasyprint:
        _through(renderer, PROCESSES * 2)
        weasyprint.seconds_for(PROCESSES * 2)
        for _ in range(rounds):
            ours.append(count / _through(renderer, count))
            bare.append(count / weasyprint.seconds_for(count))
    ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
    value = statistics.median(ours)
    return figure("PDFs per second / bare WeasyPrint", value, "1/s", ratio, THROUGHPUT_GOAL, ratio >= THROUGHPUT_GOAL)


def _through(renderer: Renderer, count: int) -> float:
    jobs = [RenderJob.of(n, papers.invoice(number=f"PLC-{n:06}"), LANG) for n in range(count)]
    started = time.perf_counter()
    for key, outcome in renderer.render_many(jobs):
        if not isinstance(outcome, bytes):
            raise RuntimeError(f"document {key}: {outcome}")
    return time.perf_counter() - started


class BareWeasyPrint:
    """WeasyPrint on both cores with warm fonts and nothing around it."""

    def __init__(self, processes: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        html, pictures = _finished_html()
        self._pipes, self._processes = [], []
        for _ in range(processes):
            here, there = spawn.Pipe()
            process = spawn.Process(target=bare_worker, args=(there, html, pictures), daemon=True)
            process.start()
            there.close()
            self._pipes.append(here)
            self._processes.append(process)

    def __enter__(self) -> BareWeasyPrint:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.send(0)
            process.join()
            pipe.close()

    def seconds_for(self, count: int) -> float:
        started = time.perf_counter()
        for pipe in self._pipes:
            pipe.send(count // len(self._pipes))
        for pipe in self._pipes:
            pipe.recv()
        return time.perf_counter() - started


def bare_worker(pipe: multiprocessing.connection.Connection, html: str, pictures: dict[str, Any]) -> None:
    """Make as many documents as asked, again and again, until asked for none."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from fastoffice.documents import pdf

    fonts, assets = FontConfiguration(), Assets()
    assets._pictures.update(pictures)
    css = CSS(string=pdf.STYLESHEET.read_text(), base_url=BASE_URL, url_fetcher=assets, font_config=fonts)
    while count := pipe.recv():
        for _ in range(count):
            page = HTML(string=html, base_url=BASE_URL, url_fetcher=assets)
            page.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant=pdf.VARIANT)
        pipe.send(count)


def _finished_html() -> tuple[str, dict[str, Any]]:
    document, assets = papers.invoice(), Assets()
    html = render_html(document.template, {**document.as_context(), "assets": assets}, LANG)
    return html, assets._pictures


def cost(repeats: int) -> Figure:
    """Processor time of a six-line invoice, against an empty page, in a fresh process."""
    milliseconds, ratio = run_limited(
        "tests.benchmarks.bench_pdf:cost_here", (repeats,), memory_mb=1024, seconds=600
    )
    return figure("CPU of a six-line invoice / empty page", milliseconds, "ms", ratio, COST_GOAL, ratio <= COST_GOAL)


def cost_here(repeats: int) -> tuple[float, float]:
    """Milliseconds of processor time of an invoice, and how often an empty page's; medians of alternating rounds."""
    from fastoffice.documents import pdf

    pdf.warm_up()
    document = papers.invoice()
    gc.collect()
    gc.freeze()
    gc.disable()  # as in the renderer's children
    invoices, ratios = [], []
    for _ in range(7):
        empty = _cpu(lambda: pdf.pdf_of(EMPTY_PAGE), repeats * 4)
        invoices.append(_cpu(lambda: pdf.render_pdf(document.template, document, lang=LANG), repeats))
        empty = (empty + _cpu(lambda: pdf.pdf_of(EMPTY_PAGE), repeats * 4)) / 2
        ratios.append(invoices[-1] / empty)
    return statistics.median(invoices), statistics.median(ratios)


def _cpu(make: Callable[[], bytes], repeats: int) -> float:
    started = time.process_time()
    for _ in range(repeats):
        make()
        gc.collect()
    return (time.process_time() - started) / repeats * 1000


def memory(count: int) -> Figure:
    """Resident memory of one child that is never replaced: at the end, against after the first tenth."""
    with Renderer(PROCESSES, documents_per_child=count + 1) as renderer:
        _through(renderer, max(count // 10, 20))
        early = _resident(renderer)
        _through(renderer, count - count // 10)
        late = _resident(renderer)
    ratio = late / early
    return figure(f"memory after {count} PDFs / after a tenth", late, "MB", ratio, MEMORY_GOAL, ratio <= MEMORY_GOAL)


def _resident(renderer: Renderer) -> float:
    page = os.sysconf("SC_PAGE_SIZE")
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page for pid in renderer.pids()) / 2**20


def main() -> int:
    figures = run("--quick" in sys.argv)
    for each in figures:
        print(json.dumps(each, ensure_ascii=False))
    return 0 if all(each["ok"] for each in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
