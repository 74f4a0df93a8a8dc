"""Small documents to read, and what they say."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

HTML = """<!doctype html><html lang="en"><head><title>The lighthouse at Rødvig</title></head><body>
<nav>Home | About | Contact</nav><article><h1>The lighthouse at Rødvig</h1>
<p>The lighthouse at Rødvig was built in 1868 from limestone that had been quarried in the cliffs below it.</p>
<p>Its lamp burned rapeseed oil until 1907, when the keeper's daughter persuaded the harbour to try paraffin.</p>
<p>The tower stands eleven metres high, and on a clear night its light was seen from fishing boats far offshore.</p>
</article><footer>All rights reserved</footer></body></html>"""
MARKDOWN = """# Sourdough, week three

The starter doubles in five hours when the kitchen is at 26 degrees.

- Feed it twice a day with rye flour and water in equal parts.
- A colder dough ferments slower, and tastes more of vinegar.
"""
QUESTION = "When was the lighthouse at Rødvig built?"
ANSWERED_BY = "1868"
MEANT = "bread made with wild yeast"
"""Shares no word with MARKDOWN, which it is about."""
PDF_SAYS = "The ferry leaves the northern pier at seven in the morning, except on Sundays."


def pdf() -> bytes:
    """A PDF of one page that says PDF_SAYS."""
    drawing = f"BT /F1 12 Tf 60 700 Td ({PDF_SAYS}) Tj ET"
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    page = f"/MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 {font} >> >>"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R {page} >>",
        f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream",
    )
    written = "%PDF-1.4\n"
    table = "0000000000 65535 f \n"
    for number, body in enumerate(objects, 1):
        table += f"{len(written):010d} 00000 n \n"
        written += f"{number} 0 obj\n{body}\nendobj\n"
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return f"{written}xref\n0 {size}\n{table}{trailer}".encode("ascii")


BOOK_SAYS = "The tide turns twice a day, and the mussel beds lie dry for two hours at each ebb."
_BOOK = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles><rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>""",
    "book.opf": """<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">urn:self-test</dc:identifier>
<dc:title>Tides</dc:title><dc:language>en</dc:language></metadata>
<manifest><item id="one" href="one.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="one"/></spine></package>""",
    "one.xhtml": f"""<html xmlns="http://www.w3.org/1999/xhtml"><head><title>One</title></head>
<body><h1>One</h1><p>{BOOK_SAYS}</p></body></html>""",
}
WORD_SAYS = "The minutes of the harbour board were approved without a vote."
_OFFICE = "http://schemas.openxmlformats.org"
_WORD = {
    "[Content_Types].xml": f"""<Types xmlns="{_OFFICE}/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/></Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{_OFFICE}/package/2006/relationships"><Relationship Id="r1"
Type="{_OFFICE}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>""",
    "word/document.xml": f"""<w:document xmlns:w="{_OFFICE}/wordprocessingml/2006/main">
<w:body><w:p><w:r><w:t>{WORD_SAYS}</w:t></w:r></w:p></w:body></w:document>""",
}


def book() -> bytes:
    """An EPUB of one chapter that says BOOK_SAYS."""
    return _archive(_BOOK)


def word_document() -> bytes:
    """A DOCX of one paragraph that says WORD_SAYS."""
    return _archive(_WORD)


def saved_page() -> bytes:
    """HTML as a browser saves it whole (MHTML)."""
    head = 'From: <Saved>\nMIME-Version: 1.0\nContent-Type: multipart/related; type="text/html"; boundary="x"\n\n'
    part = "Content-Type: text/html; charset=utf-8\nContent-Location: https://example.org/rodvig\n\n"
    return f"{head}--x\n{part}{HTML}\n--x--\n".replace("\n", "\r\n").encode()


def _archive(parts: Mapping[str, str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()
