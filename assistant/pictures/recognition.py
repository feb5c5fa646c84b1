"""Decodes a picture and recognises its text; imported only in the process that reads pictures.

RapidOCR runs PP-OCR's models, which come in its wheel, on OpenVINO. The classifier that turns lines which stand on
their heads is left out: a screenshot has none.
"""

from __future__ import annotations

import io
import sys
import warnings
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from assistant.errors import PictureError
from assistant.pictures.layout import Line
from assistant.pictures.limits import check_file, check_lines, check_size

_LEAST_SCORE = 0.6  # of a line; what a photograph is taken for is below it
_ENGINE = "openvino"
_BACKGROUND = "white"  # of a picture with transparent pixels


class Recogniser:
    """Reads the lines of text in pictures.

    Args:
        threads: How many of the processor's threads to use.
    """

    def __init__(self, threads: int) -> None:
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type] # importing it sends a message
        from rapidocr import EngineType, RapidOCR
        from rapidocr.main import RapidOCRError

        engines = {f"{part}.engine_type": EngineType(_ENGINE) for part in ("Det", "Cls", "Rec")}
        options = {"EngineConfig.openvino.inference_num_threads": threads, "Global.log_level": "critical"}
        self._ocr: Any = RapidOCR(params={**engines, **options})
        self._nothing_found: type[Exception] = RapidOCRError

    def lines(self, content: bytes) -> list[Line]:
        """Return the lines of text in a picture.

        Raises:
            PictureError: It cannot be read, or holds too much text.
        """
        pixels = _decoded(content)
        resized, record = self._ocr.preprocess_img(pixels)
        try:
            pieces, found = self._ocr.detect_and_crop(resized, record)
            check_lines(len(pieces))
            texts = self._ocr.recognize_txt(pieces)
        except self._nothing_found:
            return []
        read = zip(found.boxes, texts.txts, texts.scores, strict=True)
        return [_line(box, text) for box, text, score in read if score >= _LEAST_SCORE]


def _line(box: Any, text: str) -> Line:
    (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
    return Line(float(left), float(top), float(right), float(bottom), text.strip())


def _decoded(content: bytes) -> Any:
    """Return the pixels of a picture, blue first; everything else in the file (place, camera, text) is dropped."""
    kind = check_file(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of data about the picture that Pillow finds odd
            with Image.open(io.BytesIO(content), formats=(kind,)) as picture:
                check_size(*picture.size, frames=getattr(picture, "n_frames", 1))
                upright = ImageOps.exif_transpose(picture)
                return np.ascontiguousarray(np.asarray(_flat(upright))[:, :, ::-1])
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        raise PictureError("The picture is damaged or was cut off; take the screenshot again.") from error


def _flat(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layered.size, _BACKGROUND), layered).convert("RGB")
