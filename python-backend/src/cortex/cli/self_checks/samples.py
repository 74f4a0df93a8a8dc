"""Small documents to read, and what they say."""

from __future__ import annotations

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
