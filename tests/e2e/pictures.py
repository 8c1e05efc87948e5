"""The pictures of the README, from what a run of the whole path left in a folder: python tests/e2e/pictures.py FOLDER."""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
CHOSEN = {
    "list": "28-list-under-way",
    "question": "23-question",
    "refusal": "16-refusal",
    "summary": "33-summary",
    "entry": "36-entry",
    "closed": "41-closed",
}
MOST_BYTES = 150_000


def reduced(picture: Image.Image) -> bytes:
    """A palette PNG within MOST_BYTES, with as many colours as that leaves room for."""
    for colours in (256, 128, 64, 32):
        saved = BytesIO()
        fewer = picture.convert("RGB").quantize(
            colours, Image.Quantize.FASTOCTREE, kmeans=10, dither=Image.Dither.NONE
        )
        fewer.save(saved, "PNG", optimize=True)
        if saved.tell() <= MOST_BYTES:
            return saved.getvalue()
    raise SystemExit(f"a picture stays over {MOST_BYTES} bytes")


def main(taken: Path) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, station in CHOSEN.items():
        with Image.open(taken / f"{station}.png") as picture:
            (IMAGES / f"{name}.png").write_bytes(reduced(picture))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
