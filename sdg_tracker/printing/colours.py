"""The colour profile of every document: sRGB as formulas instead of a table.

A reader that keeps to the output intent (all that build on Poppler) turns the curves round for each page it draws. With
WeasyPrint's profile, a table of 1,024 steps, that takes 10 ms a page: most of the time that a page of text needs.
"""

from functools import cache

from PIL import ImageCms

VERSION = b"\x04\x20\x00\x00"  # ICC.1:2004-10, the newest that PDF 1.7 names; the profile uses nothing newer
NO_DAY = b"\x07\xd0\x00\x01\x00\x01" + bytes(6)  # 1 January 2000: the same bytes whenever it is made
_VERSION, _DAY = slice(8, 12), slice(24, 36)  # where they stand in its head


@cache
def srgb() -> bytes:
    """Return the profile."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[_VERSION], made[_DAY] = VERSION, NO_DAY
    return bytes(made)
