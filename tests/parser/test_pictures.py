"""Pictures of the place that a number was read from."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from parser import parse
from parser.pictures import OUTLINE, NoPictureError, outline
from tests.parser.test_truth_sample import FOLDER


def red(picture: bytes) -> int:
    """How many points of a PNG have the outline's colour."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return sum(point == OUTLINE for point in image.get_flattened_data())


@pytest.mark.parametrize("ending", ["html", "docx", "pdf", "txt"])
def test_the_cell_is_outlined_once(ending: str) -> None:
    for path in sorted(FOLDER.glob(f"*.{ending}")):
        payload = path.read_bytes()
        report = parse(payload).report
        figure = next((one for one in report.figures if one.printed), None) if report else None
        if figure is not None:
            picture = outline(payload, figure.locator.as_dict())
            assert picture.startswith(b"\x89PNG")
            assert 100 < red(picture) < 20_000
            return
    pytest.fail(f"no sample of {ending} has a figure")


def test_a_place_that_is_not_there() -> None:
    with pytest.raises(NoPictureError, match="nothing stands at"):
        outline(b"<html><table><tr><td>1</td></tr></table></html>", {"xpath": "/html/body/p"})
