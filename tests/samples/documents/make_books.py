"""Writes the sample books beside this file: an EPUB of version 3 and one of version 2.

Run it again only to change them; the files are committed. Everything in this folder is under the repository's licence.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

HERE = Path(__file__).parent
CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="{path}" media-type="application/oebps-package+xml"/></rootfiles></container>
"""
_PAGE = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">
<head><title/><link rel="stylesheet" href="../style.css"/></head><body>{body}</body></html>
"""
_OLD_PAGE = """<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{body}</body></html>
"""
_DOT = bytes.fromhex("47494638396101000100800000000000ffffff2c00000000010001000002024401003b")


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive of these parts, the same bytes every time; `mimetype` comes first and is not packed."""
    out = io.BytesIO()
    with ZipFile(out, "w") as file:
        for name, content in parts.items():
            info = ZipInfo(name, (2024, 1, 2, 3, 4, 6))
            info.compress_type = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
            file.writestr(info, content)
    return out.getvalue()


def epub(package: str, parts: Mapping[str, str | bytes], path: str = "OEBPS/content.opf") -> bytes:
    """An EPUB with this package document and these further parts."""
    return archive(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER.format(path=path),
            path: package,
            **parts,
        }
    )


def tides() -> bytes:
    """Version 3: navigation, a chapter without a heading of its own, notes, a picture, links within and outside."""
    package = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:example:tides</dc:identifier>
<dc:title>The Book of Tides</dc:title>
<dc:creator id="a">Mara Lindqvist</dc:creator><meta refines="#a" property="role" scheme="marc:relators">aut</meta>
<dc:creator id="b">Tom Okafor</dc:creator><meta refines="#b" property="role" scheme="marc:relators">ill</meta>
<dc:language>en-GB</dc:language><dc:publisher>Harbour Press</dc:publisher><dc:date>2021-05-04</dc:date>
<dc:description>&lt;p&gt;How the sea &lt;i&gt;rises and falls&lt;/i&gt;, told for people who live beside it.&lt;/p&gt;
</dc:description>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="cover" href="text/cover.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="text/springs%20and%20neaps.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/moon.xhtml" media-type="application/xhtml+xml"/>
<item id="notes" href="text/notes.xhtml" media-type="application/xhtml+xml"/>
<item id="dot" href="dot.gif" media-type="image/gif"/>
</manifest>
<spine><itemref idref="cover"/><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/>
<itemref idref="notes" linear="no"/></spine>
</package>
"""
    navigation = """<nav epub:type="toc"><h1>Contents</h1><ol>
<li><a href="text/moon.xhtml">The pull of the moon</a></li>
<li><a href="text/springs%20and%20neaps.xhtml#top">Springs and neaps</a></li>
<li><a href="text/notes.xhtml">Notes</a></li></ol></nav>
<nav epub:type="page-list"><ol><li><a href="text/notes.xhtml#p9">9</a></li></ol></nav>"""
    moon = """<section epub:type="chapter"><h1>The pull of the moon</h1>
<p>Twice a day the sea comes in,<a id="x1"/> and twice a day it goes out&nbsp;again&mdash;because of the moon.<a
 epub:type="noteref" href="notes.xhtml#n1">1</a></p>
<p>The sun <span epub:type="pagebreak" id="p2" title="2">2</span>pulls as well, but less. See the <a
 href="https://example.org/almanac">almanac</a> and <a href="springs%20and%20neaps.xhtml">the next chapter</a>.</p>
<figure><img src="../dot.gif" alt="Two bulges of water, one towards the moon"/><figcaption>Both bulges</figcaption>
</figure><h2>Harbours</h2><ul><li>Deep ones fill first.</li><li>Shallow ones fall dry.</li></ul></section>"""
    springs = """<div class="chap">Springs and neaps</div><p>When sun and moon stand in line, the tide is
<em>higher</em>: a spring tide.</p>
<table><tr><th>Phase</th><th>Tide</th></tr><tr><td>New moon</td><td>Spring</td></tr><tr><td>Half moon</td><td>Neap</td>
</tr></table><blockquote><p>Time and tide wait for no one.</p></blockquote>"""
    notes = """<aside epub:type="footnote" id="n1"><p>The moon does most of it, by its nearness. <a
 href="moon.xhtml#x1">Back</a></p></aside>"""
    return epub(
        package,
        {
            "OEBPS/nav.xhtml": _PAGE.format(body=navigation),
            "OEBPS/text/cover.xhtml": _PAGE.format(body='<img src="../dot.gif" alt="cover"/>'),
            "OEBPS/text/springs and neaps.xhtml": _PAGE.format(body=springs),
            "OEBPS/text/moon.xhtml": _PAGE.format(body=moon),
            "OEBPS/text/notes.xhtml": _PAGE.format(body=notes),
            "OEBPS/dot.gif": _DOT,
        },
    )


def dykes() -> bytes:
    """Version 2: an NCX, a file-as author, Latin-1, one chapter that is no well-formed XML and one that is missing."""
    package = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="2.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">
<dc:title>Deiche und Köge</dc:title><dc:creator opf:role="aut" opf:file-as="Petersen, Jens">Jens Petersen</dc:creator>
<dc:creator opf:role="edt">Anna Kohl</dc:creator><dc:language>de</dc:language>
<dc:date opf:event="modification">2019-09-09</dc:date><dc:date opf:event="publication">1999-03-01</dc:date></metadata>
<manifest><item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
<item id="a" href="a.html" media-type="application/xhtml+xml"/>
<item id="b" href="b.html" media-type="application/xhtml+xml"/>
<item id="c" href="gone.html" media-type="application/xhtml+xml"/></manifest>
<spine toc="ncx"><itemref idref="a"/><itemref idref="b"/><itemref idref="c"/></spine></package>
"""
    contents = """<?xml version="1.0"?><!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN"
 "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd"><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>
<navPoint id="n1"><navLabel><text>Vor der Flut</text></navLabel><content src="a.html"/></navPoint>
<navPoint id="n2"><navLabel><text>Nach der Flut</text></navLabel><content src="b.html#x"/></navPoint>
</navMap></ncx>"""
    first = "<p>Der Deich sch\u00fctzt das Land hinter ihm, solange jemand nach ihm sieht.</p>"
    second = "<h2>Nach der Flut</h2><p>Was stehen blieb, <b>wurde<br>wieder h\u00f6her gebaut.</p>"
    return epub(
        package,
        {
            "toc.ncx": contents,
            "a.html": _OLD_PAGE.format(body=first).encode("latin-1"),
            "b.html": _OLD_PAGE.format(body=second).encode("latin-1"),
        },
        path="content.opf",
    )


def main() -> None:
    (HERE / "tides.epub").write_bytes(tides())
    (HERE / "dykes.epub").write_bytes(dykes())


if __name__ == "__main__":
    main()
