"""Writing a PDF file object by object, so that its length costs no memory."""

import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import BinaryIO

from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
GROUP = 200
WIDTHS = (1, 5, 2)
PLACE = sum(WIDTHS)


def name(text: str) -> NameObject:
    return NameObject(f"/{text}")


def dictionary(**values: PdfObject) -> DictionaryObject:
    return DictionaryObject({name(key): value for key, value in values.items()})


def stream(data: bytes, values: Mapping[str, PdfObject] | None = None) -> StreamObject:
    made = StreamObject()
    made.set_data(zlib.compress(data))
    made.update({name(key): value for key, value in (values or {}).items()})
    made[name("Filter")] = name("FlateDecode")
    return made


class Ref(IndirectObject):
    """A reference to an object of the file that is being written."""

    def __init__(self, number: int) -> None:
        super().__init__(number, 0, None)


def _place(kind: int, where: int, index: int) -> bytes:
    """Kind 1: an offset in the file; kind 2: a group's number and an index in it."""
    sizes = zip((kind, where, index), WIDTHS, strict=True)
    return b"".join(value.to_bytes(size) for value, size in sizes)


class PdfFile:
    """Objects get their numbers first and are written in any order.

    Small ones are kept in compressed groups, as PDF 1.5 and later allow.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.file.write(HEADER)
        self.places = bytearray(_place(0, 0, 65535))
        self.group: list[tuple[int, bytes]] = []

    def reserve(self) -> int:
        self.places += _place(0, 0, 0)
        return len(self.places) // PLACE - 1

    def add(self, value: PdfObject) -> int:
        number = self.reserve()
        self.put(number, value)
        return number

    def put(self, number: int, value: PdfObject) -> None:
        text = BytesIO()
        value.write_to_stream(text)
        if isinstance(value, StreamObject):
            self._set_place(number, 1, self.file.tell(), 0)
            self.file.write(b"%d 0 obj\n%b\nendobj\n" % (number, text.getvalue()))
            return
        self.group.append((number, text.getvalue()))
        if len(self.group) == GROUP:
            self._write_group()

    def close(self, *, root: int, info: int, file_id: bytes) -> None:
        self._write_group()
        own = self.reserve()
        start = self.file.tell()
        self._set_place(own, 1, start, 0)
        table = stream(
            bytes(self.places),
            {
                "Type": name("XRef"),
                "Size": NumberObject(len(self.places) // PLACE),
                "W": ArrayObject(map(NumberObject, WIDTHS)),
                "Root": Ref(root),
                "Info": Ref(info),
                "ID": ArrayObject([ByteStringObject(file_id)] * 2),
            },
        )
        text = BytesIO()
        table.write_to_stream(text)
        self.file.write(b"%d 0 obj\n%b\nendobj\n" % (own, text.getvalue()))
        self.file.write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _set_place(self, number: int, kind: int, where: int, index: int) -> None:
        at = number * PLACE
        self.places[at : at + PLACE] = _place(kind, where, index)

    def _write_group(self) -> None:
        if not self.group:
            return
        own = self.reserve()
        index, bodies, offset = [], [], 0
        for place, (number, body) in enumerate(self.group):
            self._set_place(number, 2, own, place)
            index.append(b"%d %d" % (number, offset))
            bodies.append(body)
            offset += len(body) + 1
        head = b" ".join(index) + b"\n"
        values = {
            "Type": name("ObjStm"),
            "N": NumberObject(len(self.group)),
            "First": NumberObject(len(head)),
        }
        self.group = []
        self.put(own, stream(head + b"\n".join(bodies), values))
