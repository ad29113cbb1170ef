"""Lighter drawings of the same lines, with the same texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.figures.lighten import lighten, steps

NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("M 10 20 L 13 11.5 z", "m10,20,3-8.5z"),
        ("M 1.23456 2.98765 L 1.23456 3", "m1.2,3,0,0"),
        ("M 0 0 L 0.5 -0.5", "m0,0,.5-.5"),
        ("M 0 0 L 10 0 M 5 5 L 6 6", "m0,0,10,0m-5,5,1,1"),  # a new line starts 5 left of and 5 below the last point
        ("M 300 300 L 100 99.96", "m300,300-200-200"),
    ],
)
def test_steps_by_hand(path: str, expected: str) -> None:
    assert steps(path) == expected


COORDINATES = st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), min_size=1, max_size=60)


@given(COORDINATES)
def test_steps_lead_to_the_same_places(points: list[tuple[float, float]]) -> None:
    path = "M " + " L ".join(f"{x:.6f} {y:.6f}" for x, y in points)
    moves = [float(number) for number in NUMBER.findall(steps(path))]
    x = y = 0.0
    for index, (across, down) in enumerate(zip(moves[::2], moves[1::2], strict=True)):
        x, y = x + across, y + down
        assert x == pytest.approx(
            points[index][0], abs=0.051
        )  # never more than half a tenth off, however long the line
        assert y == pytest.approx(points[index][1], abs=0.051)
    assert len(moves) == 2 * len(points)


def test_texts_are_untouched_and_only_needed_ids_stay() -> None:
    raw = (
        '<?xml?>\n<svg><defs><style>*{a:b}</style></defs><g id="patch_1">\n'
        '<path id="m1" d="M 1.26 2.98 L 2.2 2"/>\n</g>'
        '<g clip-path="url(#c)"><use href="#m1" x="1.26"/>'
        '<text style="fill: red; text-anchor: start">1.23456 a  b</text></g></svg>'
    )
    assert lighten(raw, "p{}", ("text-anchor: start",)) == (
        '<svg><defs><style>*{a:b}p{}</style></defs><path id="m1" d="m1.3,3,.9-1"/>'
        '<g clip-path="url(#c)"><use href="#m1" x="1.2"/><text style="fill:red">1.23456 a  b</text></g></svg>'
    )


def test_curves_are_left_alone() -> None:
    assert ' d="M 0 0 C 1 1 2 2 3 3"' in lighten('<svg><path d="M 0 0 C 1 1 2 2 3 3"/></svg>', "")


def test_repeated_styles_become_classes() -> None:
    raw = "<svg><style></style>" + '<path style="fill: red"/>' * 3 + '<path style="fill: blue"/></svg>'
    assert lighten(raw, "") == (
        "<svg><style>.c0{fill:red}</style>" + '<path class="c0"/>' * 3 + '<path style="fill:blue"/></svg>'
    )


def test_a_path_with_a_curve_at_its_end_is_left_alone_at_once() -> None:
    """Two ways to match one letter once made this take hours: 400 lines, then a letter that is no line."""
    lines = " ".join(f"L {x} {x % 7}" for x in range(400))
    drawing = f'<svg><style></style><path d="M 0 0 {lines} C 1 2 3 4 5 6"/></svg>'
    assert "C 1 2 3 4 5 6" in lighten(drawing, "")
