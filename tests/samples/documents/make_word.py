"""Writes the sample Word document beside this file, part by part.

Run it again only to change it; the file is committed. Everything in this folder is under the repository's licence.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.samples.documents.make_books import archive

HERE = Path(__file__).parent
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    f'xmlns:r="{_OFFICE}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
CONTENT_TYPES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"""
_RELATIONS = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="{_PACKAGE}/relationships">{{0}}</Relationships>"""


def relations(*targets: tuple[str, str]) -> str:
    """A part of relationships rId1, rId2, …: each the last word of a type, and a target, which may be on the web."""
    return _RELATIONS.format(
        "".join(
            f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"'
            + (' TargetMode="External"/>' if "://" in target else "/>")
            for number, (kind, target) in enumerate(targets, start=1)
        )
    )


def word(body: str, parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """A Word document with this body and these further parts."""
    return archive(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "_rels/.rels": relations(("officeDocument", "word/document.xml"), ("core-properties", "docProps/core.xml")),
            "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
            **(parts or {}),
        }
    )


def paragraph(text: str, style: str = "", properties: str = "") -> str:
    """A paragraph of one run."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{run(text)}</w:p>"


def run(text: str, properties: str = "") -> str:
    """A run of text of one shape."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def item(text: str, level: int, number: int) -> str:
    """A list item."""
    return paragraph(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def _cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


STYLES = f"""<w:styles {NAMESPACES}>
<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Abschnitt"><w:name w:val="Abschnitt"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:styleId="Teil"><w:name w:val="Teil"/><w:basedOn w:val="Abschnitt"/></w:style>
<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:styleId="Zitat"><w:name w:val="Quote"/></w:style>
<w:style w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
<w:style w:styleId="Aufzhlung"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>
</w:style></w:styles>"""
NUMBERING = f"""<w:numbering {NAMESPACES}>
<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="lowerLetter"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
</w:numbering>"""
NOTES = f"""<w:footnotes {NAMESPACES}>
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
<w:footnote w:id="2">{paragraph("Measured at the old gauge.")}</w:footnote></w:footnotes>"""
CORE = f"""<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:dcterms="http://purl.org/dc/terms/"><dc:title>Report on the harbour</dc:title>
<dc:creator>Ines Duarte</dc:creator>
<dc:subject>What was found when the harbour was dredged</dc:subject>
<dcterms:created>2022-03-04T05:06:07Z</dcterms:created></cp:coreProperties>"""
_BOX = f"<w:txbxContent>{paragraph('A box beside the text.')}</w:txbxContent>"


def harbour() -> bytes:
    """Headings by name, outline level and inheritance, lists, a table, links, a note, changes, a box, a picture."""
    body = (
        paragraph("Harbour report", "Titel")
        + paragraph("Findings .... 3", "Verzeichnis1")
        + paragraph("Findings", "berschrift1")
        + "<w:p>"
        + run("The basin is ")
        + "<w:del><w:r><w:delText>shallow</w:delText></w:r></w:del><w:ins>"
        + run("de", "<w:b/>")
        + run("ep", "<w:b/>")
        + "</w:ins>"
        + run(".")
        + '<w:r><w:footnoteReference w:id="2"/></w:r>'
        + run("hidden", "<w:vanish/>")
        + "</w:p><w:p>"
        + run("See the ")
        + f'<w:hyperlink r:id="rId4">{run("survey")}</w:hyperlink>'
        + run(" and ")
        + '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        + '<w:r><w:instrText> HYPERLINK "https://example.org/charts" </w:instrText></w:r>'
        + '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("the charts")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        + run(".")
        + "</w:p>"
        + paragraph("What to do", "Teil")
        + item("Dredge", 0, 1)
        + item("the basin", 1, 1)
        + item("the channel", 1, 1)
        + paragraph("Wait", "Aufzhlung")
        + item("First letter", 0, 2)
        + paragraph("Deep water knows no haste.", "Zitat")
        + "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>"
        + _cell("Place")
        + _cell("Depth")
        + "</w:tr><w:tr>"
        + _cell("Basin", '<w:vMerge w:val="restart"/>')
        + _cell("6 m")
        + "</w:tr><w:tr>"
        + _cell("", "<w:vMerge/>")
        + _cell("7 m")
        + "</w:tr><w:tr>"
        + _cell("All measured in May", '<w:gridSpan w:val="2"/>')
        + "</w:tr></w:tbl>"
        + "<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><wp:inline><wps:txbx>"
        + _BOX
        + "</wps:txbx></wp:inline></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
        + _BOX
        + "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        + '<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="The crane on the quay"/>'
        + "</wp:inline></w:drawing></w:r></w:p><w:p><m:oMath><m:r><m:t>d = 7</m:t></m:r></m:oMath></w:p>"
    )
    return word(
        body,
        {
            "word/_rels/document.xml.rels": relations(
                ("styles", "styles.xml"),
                ("numbering", "numbering.xml"),
                ("footnotes", "footnotes.xml"),
                ("hyperlink", "https://example.org/survey"),
            ),
            "word/styles.xml": STYLES,
            "word/numbering.xml": NUMBERING,
            "word/footnotes.xml": NOTES,
            "docProps/core.xml": CORE,
        },
    )


if __name__ == "__main__":
    (HERE / "harbour.docx").write_bytes(harbour())
