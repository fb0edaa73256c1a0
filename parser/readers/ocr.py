"""Characters recognised in pictures: the models of the rapidocr wheel, run with onnxruntime on one core.

Needs the extra `ocr`. Of rapidocr only the model files are used, so that nothing looks for the network or
writes a log. A worker process loads them once.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module, resources
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
"""A picture with one octet a dot: 0 is black, 255 white; rows first."""

LINE_HEIGHT = 48
"""Dots to which the recogniser takes a line of text, in height."""

_DETECTOR = "PP-OCRv6_det_small.onnx"
_RECOGNISER = "PP-OCRv6_rec_small.onnx"
_ALIKE = ("0OoQ〇○", "1lI|", ",，", "(（", ")）", ":：", ";；", "-－", "%％")
_STEP = 16
_WIDEST = 2400
_DOTS_A_BATCH = 1536
_DETECTOR_STEP = 32


@dataclass(frozen=True, slots=True)
class Letter:
    """One recognised character: how sure the model is (0 to 1), and where its middle lies in the picture's
    width (0 to 1)."""

    text: str
    confidence: float
    middle: float


def recognise(pictures: Sequence[Gray]) -> list[list[Letter]]:
    """The characters of each picture of one line of text, from left to right."""
    found: list[list[Letter]] = [[] for _ in pictures]
    fitted = [_fitted(picture) for picture in pictures]
    order = sorted(range(len(fitted)), key=lambda index: fitted[index].shape[1])
    batch: list[int] = []
    for index in order:
        room = _room(fitted[index])
        if batch and room * (len(batch) + 1) > _DOTS_A_BATCH:
            _recognise_batch(batch, fitted, found)
            batch = []
        batch.append(index)
    if batch:
        _recognise_batch(batch, fitted, found)
    return found


def text_map(picture: Gray) -> NDArray[np.float32]:
    """For every dot, how likely it belongs to a line of text (0 to 1). Sides are multiples of 32."""
    height, width = picture.shape
    if height % _DETECTOR_STEP or width % _DETECTOR_STEP:
        raise ValueError(f"the sides of a picture to search must be multiples of {_DETECTOR_STEP}")
    normal = (picture.astype(np.float32) / 127.5 - 1.0)[None, None]
    out = _run(_DETECTOR, np.repeat(normal, 3, axis=1))
    return np.asarray(out[0, 0], np.float32)


def _fitted(picture: Gray) -> Gray:
    """The picture with the height that the model takes."""
    height, width = picture.shape
    wide = min(max(round(width * LINE_HEIGHT / height), 8), _WIDEST)
    how = cv2.INTER_AREA if height > LINE_HEIGHT else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (wide, LINE_HEIGHT), interpolation=how), np.uint8)


def _room(picture: Gray) -> int:
    return -(-int(picture.shape[1]) // _STEP) * _STEP


def _recognise_batch(batch: Sequence[int], fitted: Sequence[Gray], found: list[list[Letter]]) -> None:
    room = max(*(_room(fitted[index]) for index in batch), 2 * _STEP)
    block = np.ones((len(batch), 1, LINE_HEIGHT, room), np.float32)
    for place, index in enumerate(batch):
        block[place, 0, :, : fitted[index].shape[1]] = fitted[index].astype(np.float32) / 127.5 - 1.0
    out = _run(_RECOGNISER, np.repeat(block, 3, axis=1))
    best = out.argmax(axis=2)
    sure = out.max(axis=2)
    for alike in _alike():
        # The model shares its trust between a sign and others of the same form.
        told = np.isin(best, alike)
        if told.any():
            sure[told] = out[told][:, alike].sum(axis=1)
    letters = _letters()
    for place, index in enumerate(batch):
        scale = room / fitted[index].shape[1] / best.shape[1]
        found[index] = _decoded(best[place], sure[place], scale, letters)


def _run(name: str, given: NDArray[np.float32]) -> Any:
    try:
        return _session(name).run(None, {"x": given})[0]
    except Exception as error:
        # The library's errors have no class in common, and none is for memory that runs out, which is the
        # machine's matter.
        if "bad_alloc" in str(error) or "Failed to allocate" in str(error):
            raise MemoryError from error
        raise


def _decoded(
    best: NDArray[np.int64], sure: NDArray[np.float32], scale: float, letters: Sequence[str]
) -> list[Letter]:
    """Steps to characters: the same one in neighbouring steps is one; class 0 parts them."""
    found: list[Letter] = []
    step = 0
    while step < len(best):
        end = step + 1
        while end < len(best) and best[end] == best[step]:
            end += 1
        if best[step]:
            middle = min((step + end) / 2 * scale, 1.0)
            found.append(Letter(letters[best[step]], float(sure[step:end].max()), middle))
        step = end
    return found


@cache
def _alike() -> list[list[int]]:
    """The classes of signs that look the same, or mean the same in a report."""
    classes = {letter: number for number, letter in enumerate(_letters())}
    groups = [[classes[letter] for letter in group if letter in classes] for group in _ALIKE]
    return [group for group in groups if len(group) > 1]


@cache
def _letters() -> list[str]:
    """The characters by their class; class 0 is none, the last one a blank."""
    known = _session(_RECOGNISER).get_modelmeta().custom_metadata_map["character"].splitlines()
    return ["", *known, " "]


@cache
def _session(name: str) -> Any:
    # The library tells its maker of every start unless it is told not to before it is loaded.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    runtime = import_module("onnxruntime")
    runtime.disable_telemetry_events()
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # An arena keeps the memory of the largest page for ever.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    file = resources.files("rapidocr").joinpath("models", name)
    return runtime.InferenceSession(file.read_bytes(), options, providers=["CPUExecutionProvider"])
