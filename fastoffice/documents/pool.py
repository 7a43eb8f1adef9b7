"""The process's pool of renderers behind one call: jobs in, PDFs or errors out, in the same order."""

from __future__ import annotations

from collections.abc import Sequence

from fastoffice.documents import renderer
from fastoffice.documents.registry import RenderJob


def render_many(jobs: Sequence[RenderJob]) -> list[bytes | Exception]:
    """Render in the shared children; one that fails, hangs or dies fails alone."""
    numbered = [renderer.RenderJob(n, job.template, job.context, job.lang) for n, job in enumerate(jobs)]
    outcomes: dict[object, bytes | Exception] = dict(renderer.shared().render_many(numbered))
    return [outcomes[n] for n in range(len(jobs))]
