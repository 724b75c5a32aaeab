"""Joining PDF files made by WeasyPrint into one, with their tags, page by page.

pypdf reads the pieces; what it has read is written at once and forgotten, so that a
thousand pages need no more memory than ten.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import BinaryIO
from xml.sax.saxutils import escape

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from healthcare.pdf.file import PdfFile, Ref, dictionary, name, stream

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><rdf:Description rdf:about="">
<pdfuaid:part>1</pdfuaid:part>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<xmp:CreateDate>{made_at}</xmp:CreateDate>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>"""


@dataclass(frozen=True)
class About:
    """What the file says of itself."""

    title: str
    author: str
    lang: str
    made_at: datetime


@dataclass(frozen=True)
class Spot:
    """Where on each page the text that only the end knows is drawn, in points."""

    x: float
    y: float


class Joiner:
    def __init__(self, file: BinaryIO, about: About, spot: Spot) -> None:
        self.about, self.spot = about, spot
        self.file = PdfFile(file)
        self.pages, self.tags = self.file.reserve(), self.file.reserve()
        self.root_tag, self.total = self.file.reserve(), self.file.reserve()
        self.page_refs: list[Ref] = []
        self.parents: list[Ref] = []
        self.sections: list[Ref] = []

    @property
    def page_count(self) -> int:
        return len(self.page_refs)

    def add(self, pdf: bytes) -> None:
        """Append the pages of a tagged file."""
        Piece(self, PdfReader(BytesIO(pdf))).write()

    def finish(self, total: bytes) -> None:
        """`total` is a one-page PDF, drawn on the spot of every page."""
        self._put_total(PdfReader(BytesIO(total)))
        self._put_pages()
        self._put_tags()
        root, info = self.file.add(self._catalog()), self.file.add(self._info())
        told = f"{self.about.title}{self.about.made_at}"
        file_id = hashlib.sha256(told.encode()).digest()[:16]
        self.file.close(root=root, info=info, file_id=file_id)

    def _put_pages(self) -> None:
        pages = dictionary(
            Type=name("Pages"),
            Kids=ArrayObject(self.page_refs),
            Count=NumberObject(self.page_count),
        )
        self.file.put(self.pages, pages)

    def _catalog(self) -> DictionaryObject:
        return dictionary(
            Type=name("Catalog"),
            Pages=Ref(self.pages),
            Lang=TextStringObject(self.about.lang),
            MarkInfo=dictionary(Marked=BooleanObject(True)),
            StructTreeRoot=Ref(self.tags),
            ViewerPreferences=dictionary(DisplayDocTitle=BooleanObject(True)),
            Metadata=Ref(self.file.add(self._metadata())),
        )

    def _info(self) -> DictionaryObject:
        return dictionary(
            Title=TextStringObject(self.about.title),
            Author=TextStringObject(self.about.author),
            Producer=TextStringObject("Healix, WeasyPrint"),
            CreationDate=TextStringObject(f"D:{self.about.made_at:%Y%m%d%H%M%S}Z"),
        )

    def _put_tags(self) -> None:
        whole = dictionary(
            Type=name("StructElem"),
            S=name("Document"),
            P=Ref(self.tags),
            K=ArrayObject(self.sections),
        )
        self.file.put(self.root_tag, whole)
        numbered = ArrayObject()
        for key, parent in enumerate(self.parents):
            numbered += [NumberObject(key), parent]
        tree = self.file.add(dictionary(Nums=numbered))
        tags = dictionary(
            Type=name("StructTreeRoot"),
            K=ArrayObject([Ref(self.root_tag)]),
            ParentTree=Ref(tree),
            ParentTreeNextKey=NumberObject(len(self.parents)),
        )
        self.file.put(self.tags, tags)

    def _put_total(self, reader: PdfReader) -> None:
        page = reader.pages[0]
        mover = Mover(self.file)
        drawn = stream(
            page.get_contents().get_data(),
            {
                "Type": name("XObject"),
                "Subtype": name("Form"),
                "BBox": ArrayObject(FloatObject(side) for side in page.mediabox),
                "Resources": mover.moved(page["/Resources"]),
            },
        )
        self.file.put(self.total, drawn)
        mover.write_waiting()

    def _metadata(self) -> StreamObject:
        xml = XMP.format(
            title=escape(self.about.title),
            author=escape(self.about.author),
            made_at=f"{self.about.made_at:%Y-%m-%dT%H:%M:%SZ}",
        )
        plain = StreamObject()
        plain.set_data(xml.encode())
        plain.update(dictionary(Type=name("Metadata"), Subtype=name("XML")))
        return plain


class Mover:
    """Gives the objects of another file numbers in this one, and writes them."""

    def __init__(self, file: PdfFile) -> None:
        self.file = file
        self.numbers: dict[int, int] = {}
        self.waiting: list[IndirectObject] = []

    def moved(self, value: PdfObject) -> PdfObject:
        """The value with its references changed, at any depth; changes it in place."""
        if isinstance(value, Ref):
            return value
        if isinstance(value, IndirectObject):
            return Ref(self.number_of(value))
        if isinstance(value, DictionaryObject):
            for key, inner in dict.items(value):
                dict.__setitem__(value, key, self.moved(inner))
        elif isinstance(value, ArrayObject):
            value[:] = [self.moved(inner) for inner in list.__iter__(value)]
        return value

    def number_of(self, reference: IndirectObject) -> int:
        if reference.idnum not in self.numbers:
            self.waiting.append(reference)
        return self.claim(reference)

    def claim(self, reference: IndirectObject) -> int:
        """Number an object that the caller writes itself."""
        if reference.idnum not in self.numbers:
            self.numbers[reference.idnum] = self.file.reserve()
        return self.numbers[reference.idnum]

    def write_waiting(self) -> None:
        while self.waiting:
            reference = self.waiting.pop()
            value = reference.get_object()
            assert value is not None
            self.file.put(self.numbers[reference.idnum], self.moved(value))


class Piece:
    """One file among those joined: its pages, and its part of the tag tree."""

    def __init__(self, joiner: Joiner, reader: PdfReader) -> None:
        self.joiner, self.reader = joiner, reader
        self.mover = Mover(joiner.file)
        self.number = len(joiner.sections)

    def write(self) -> None:
        tags = self.reader.trailer["/Root"]["/StructTreeRoot"]
        self.mover.numbers[_number(tags)] = self.joiner.root_tag
        self._name_cells_apart(tags["/K"])
        self._add_pages(dict(_pairs(tags["/ParentTree"]["/Nums"])))
        for document in list.__iter__(tags["/K"]):
            section = document.get_object()
            section[name("S")] = name("Sect")
            self.joiner.sections.append(Ref(self.mover.number_of(document)))
        self.mover.write_waiting()

    def _add_pages(self, parents: dict[int, PdfObject]) -> None:
        spot = self.joiner.spot
        draw = f"/Artifact BMC q 1 0 0 1 {spot.x:.2f} {spot.y:.2f} cm /Total Do Q EMC\n"
        before = Ref(self.joiner.file.add(stream(b"q\n")))
        after = Ref(self.joiner.file.add(stream(f"\nQ\n{draw}".encode())))
        for page in self.reader.pages:
            objects = page["/Resources"].setdefault(name("XObject"), dictionary())
            objects.get_object()[name("Total")] = Ref(self.joiner.total)
            parent = parents[page["/StructParents"]]
            page[name("StructParents")] = NumberObject(len(self.joiner.parents))
            self.joiner.parents.append(self._kept(parent))
            page[name("Parent")] = Ref(self.joiner.pages)
            contents = page.raw_get("/Contents")
            page[name("Contents")] = ArrayObject([before, contents, after])
            number = self.mover.claim(page.indirect_reference)
            self.joiner.file.put(number, self.mover.moved(page))
            self.joiner.page_refs.append(Ref(number))

    def _kept(self, parent: PdfObject) -> Ref:
        """Written now if it is an array: they are long, and there is one a page."""
        moved = self.mover.moved(parent)
        return moved if isinstance(moved, Ref) else Ref(self.mover.file.add(moved))

    def _name_cells_apart(self, tags: PdfObject) -> None:
        """Header cells have ids; two pieces must not share them."""
        for tag in _tree(tags):
            if "/ID" in tag:
                tag[name("ID")] = TextStringObject(f"{self.number}-{tag['/ID']}")
            if (about := tag.get("/A")) and "/Headers" in about:
                heads = [f"{self.number}-{head}" for head in about["/Headers"]]
                about[name("Headers")] = ArrayObject(map(TextStringObject, heads))


def _number(value: PdfObject) -> int:
    assert value.indirect_reference is not None
    return value.indirect_reference.idnum


def _pairs(nums: ArrayObject) -> Iterator[tuple[int, PdfObject]]:
    raw = list(list.__iter__(nums))
    return zip(map(int, raw[::2]), raw[1::2], strict=True)


def _tree(tags: PdfObject) -> Iterator[DictionaryObject]:
    waiting = [tags]
    while waiting:
        tag = waiting.pop().get_object()
        if isinstance(tag, ArrayObject):
            waiting += list.__iter__(tag)
        elif isinstance(tag, DictionaryObject):
            yield tag
            if "/K" in tag:
                waiting.append(tag.raw_get("/K"))
