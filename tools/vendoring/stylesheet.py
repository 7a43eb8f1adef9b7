"""Basecoat's "nova" stylesheet cut to the components that the product uses.

A selector stays when every class in it is in KEEP and nothing in it is in REFUSED; what a rule loses with its
selectors goes with it, then the custom properties that nobody reads any more. Fallbacks for browsers without
`color-mix` or `@property` go too: htmx 4 asks for newer ones anyway.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import tinycss2

KEEP = {"btn", "kbd", "label", "input", "textarea", "select", "field", "skeleton"}
# Serialized selectors have double quotes. What is refused: other states and shapes of kept components.
REFUSED = re.compile(
    r'\.dark|:dir\(rtl\)|rtl|data-popover|:not\(select\)|range|aria-haspopup|data-control|data-orientation|'
    r'data-slot|popover-open|data-tooltip|data-align|details|role="(radiogroup|group)"|data-icon|'
    r'data-size="(xs|icon-xs|icon-lg)"|data-invalid|data-disabled|figure|'
    r'type="(week|datetime-local|month)"'
)
ELSEWHERE = re.compile(r":not\(:is\(\.command[^()]*\)\)")  # exceptions for components that we don't have
KEEP_AT_RULES = {"layer", "media", "supports", "keyframes", "property", "starting-style"}
CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")
VENDOR_PREFIX = re.compile(r"^-(webkit|moz|ms)-(?!appearance|text-size-adjust|tap-highlight|user-select)")


class Rule(NamedTuple):
    """A block of CSS: `head` is its selector or at-rule prelude, `body` its declarations and nested rules."""

    head: str
    body: list[Rule | str]


def parse(tokens: list, inside_rule: bool) -> list[Rule | str]:
    """Parsed CSS as nested Rules and "name:value" strings."""
    reader = tinycss2.parse_blocks_contents if inside_rule else tinycss2.parse_stylesheet
    out: list[Rule | str] = []
    for node in reader(tokens, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration":
            value = tinycss2.serialize(node.value).strip()
            out.append(f"{node.name}:{value}{'!important' if node.important else ''}")
        elif node.type == "at-rule" and node.at_keyword in KEEP_AT_RULES:
            head = f"@{node.at_keyword} {tinycss2.serialize(node.prelude).strip()}".strip()
            out.append(Rule(head, parse(node.content, True)) if node.content is not None else head)
        elif node.type == "qualified-rule":
            out.append(Rule(tinycss2.serialize(node.prelude).strip(), parse(node.content, True)))
    return out


def split_selectors(head: str) -> list[str]:
    """A selector list cut at its outer commas."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(head):
        depth += letter in "(["
        depth -= letter in ")]"
        if letter == "," and depth == 0:
            parts.append(head[start:position].strip())
            start = position + 1
    return [*parts, head[start:].strip()]


def wanted(selector: str) -> bool:
    """Whether a selector names only components that we keep."""
    return not REFUSED.search(selector) and all(name in KEEP for name in CLASS.findall(selector))


def trim(nodes: list[Rule | str]) -> list[Rule | str]:
    """The same tree without what nobody uses."""
    out: list[Rule | str] = []
    for node in nodes:
        if isinstance(node, str):
            if not VENDOR_PREFIX.match(node):
                out.append(node)
        elif node.head.startswith("@supports") and "color-mix" in node.head:
            inner = trim(node.body)
            names = {item.split(":", 1)[0] for item in inner if isinstance(item, str)}
            out = [item for item in out if not (isinstance(item, str) and item.split(":", 1)[0] in names)]
            out.extend(inner)
        elif node.head.startswith(("@supports", "@media (forced-colors")) or "@layer properties" in node.head:
            continue
        else:
            out.extend(trimmed_rule(node))
    return out


def trimmed_rule(rule: Rule) -> list[Rule | str]:
    """The rule with its wanted selectors and trimmed body, or nothing."""
    head = rule.head
    if not head.startswith("@") and not re.fullmatch(r"[\d.]+%|from|to", head):
        head = ELSEWHERE.sub("", head)
        head = ",".join(part for part in split_selectors(head) if wanted(part))
    body = trim(rule.body)
    return [Rule(head, body)] if head and body else []


def write(nodes: list[Rule | str]) -> str:
    """Compact CSS text."""
    parts = []
    for node in nodes:
        if isinstance(node, Rule):
            head = re.sub(r"\s*([>,])\s*", r"\1", re.sub(r"\s+", " ", node.head))
            parts.append(f"{head}{{{write(node.body)}}}")
        else:
            parts.append(re.sub(r"\s+", " ", node) + ";")
    return "".join(parts).replace(";}", "}")


def merge_layers(nodes: list[Rule | str]) -> list[Rule | str]:
    """One block per cascade layer, in the order in which the layers first appear."""
    layers: dict[str, Rule] = {}
    out: list[Rule | str] = []
    for node in nodes:
        if isinstance(node, Rule) and node.head.startswith("@layer"):
            if node.head not in layers:
                layers[node.head] = Rule(node.head, [])
                out.append(layers[node.head])
            layers[node.head].body.extend(node.body)
        else:
            out.append(node)
    return out


def drop_unread(text: str) -> str:
    """Remove custom properties (and their @property) that nothing reads, until none is left."""
    while True:
        read = set(re.findall(r"var\((--[\w-]+)", text))
        unread = {name for name in re.findall(r"(--[\w-]+):", text) if name not in read | PUBLIC}
        unread |= {name for name in re.findall(r"@property (--[\w-]+)", text) if name not in read}
        if not unread:
            return text
        for name in unread:
            text = re.sub(rf"@property {name}\{{[^}}]*\}}", "", text)
            text = re.sub(rf"(?<=[{{;]){name}:(?:[^;{{}}'\"]|'[^']*'|\"[^\"]*\")*;?", "", text)
        text = re.sub(r"[^{};]+\{\}", "", text)


PUBLIC = {
    "--background", "--foreground", "--card", "--muted", "--muted-foreground", "--border", "--primary",
    "--primary-foreground", "--ring", "--radius", "--destructive", "--input", "--accent",
}  # fmt: skip


def build(source: Path, target: Path) -> None:
    """Write the trimmed stylesheet with its licence line."""
    tree = merge_layers(trim(parse(tinycss2.parse_component_value_list(source.read_text("utf-8")), False)))
    licence = "/*! basecoat-css, MIT, (c) Ronan Berder; tailwindcss, MIT. Trimmed by tools/vendor.py. */\n"
    target.write_text(licence + drop_unread(write(tree)) + "\n", encoding="utf-8")
