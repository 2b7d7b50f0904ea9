"""Copy the few files that pages and prints use from node_modules to static/vendor.

The style sheet of dkfds names each font in five formats, and its old formats first; only WOFF2 is kept,
so a browser asks for nothing that is not there. Icons and fonts are those that the style sheet names.
"""

import re
import shutil
from pathlib import Path

FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
FONT_SOURCE = re.compile(r"src:[^;}]*")
WOFF2 = re.compile(r"url\([^)]*\.woff2\) format\(\"woff2\"\)")
ADDRESS = re.compile(r"url\(\"?\.\./([^)\"]+)\"?\)")
SOURCE_MAP = re.compile(r"\n?(/\*|//)# sourceMappingURL=\S+?(\*/)?\s*$")
NOT_OURS = ("img/logo",)  # logos of other portals


def only_woff2(face: str) -> str:
    """Return the @font-face rule with its WOFF2 source alone, or nothing when it has none."""
    kept = WOFF2.search(face)
    return FONT_SOURCE.sub(lambda _: f"src:{kept.group()}", face, count=1) if kept else ""


def without_logos(css: str) -> str:
    """Return the style sheet without the logos of other portals."""
    return ADDRESS.sub(lambda found: "none" if found.group(1).startswith(NOT_OURS) else found.group(), css)


def copy(source: Path, target: Path) -> None:
    """Copy bytes as they are."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def write(text: str, target: Path) -> None:
    """Write text without its pointer to a source map, which is not copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(SOURCE_MAP.sub("\n", text), encoding="utf-8")


def fill(modules: Path, vendor: Path) -> None:
    """Copy what is used; a file that a new release lacks stops it."""
    dkfds, htmx = modules / "dkfds", modules / "htmx.org"
    css = (dkfds / "dist/css/dkfds.min.css").read_text(encoding="utf-8")
    css = without_logos(FONT_FACE.sub(lambda face: only_woff2(face.group()), css))
    write(css, vendor / "dkfds/css/dkfds.min.css")
    for name in sorted(set(ADDRESS.findall(css))):
        copy(dkfds / "dist" / name, vendor / "dkfds" / name)
    copy(dkfds / "dist/img/all-svg-icons.svg", vendor / "dkfds/img/all-svg-icons.svg")
    copy(dkfds / "dist/fonts/IBMPlexSans/complete/woff2/license.txt", vendor / "dkfds/fonts/IBMPlexSans/license.txt")
    copy(dkfds / "LICENSE.md", vendor / "dkfds/LICENSE.md")
    write((dkfds / "dist/js/dkfds.min.js").read_text(encoding="utf-8"), vendor / "dkfds/js/dkfds.min.js")
    write((htmx / "dist/htmx.min.js").read_text(encoding="utf-8"), vendor / "htmx/htmx.min.js")
    copy(htmx / "LICENSE", vendor / "htmx/LICENSE")


def main() -> None:
    """Fill a new folder, then put it in the place of the old one."""
    root = Path(__file__).resolve().parent.parent
    vendor, fresh = root / "static/vendor", root / "static/vendor.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fill(root / "node_modules", fresh)
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)


if __name__ == "__main__":
    main()
