"""Routes whose way back, from names to an address, is made when somebody first asks for it."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import Rule


class LateRule(Rule):
    """Werkzeug writes and compiles two functions per route when the application is made: a seventh of its start, and
    most processes (a job, the ticker) build few addresses or none."""

    def _compile_builder(self, append_unknown: bool = True) -> Any:
        def build(rule: LateRule, /, **values: Any) -> tuple[str, str]:
            made = super(LateRule, rule)._compile_builder(append_unknown).__get__(rule, None)
            setattr(rule, "_build_unknown" if append_unknown else "_build", made)
            answer: tuple[str, str] = made(**values)
            return answer

        return build
