"""Workbooks made by hand, as small as the two formats allow: what a spreadsheet program would have saved."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

Cells = Sequence[Sequence[str]]  # each cell as the XML that stands for it; "" for none

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_STYLES = (  # format 1 is a date, format 2 a date with its hour
    f'<styleSheet xmlns="{_MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs>'
    "</styleSheet>"
)
_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="s1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="s2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)
_ROOT_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="w" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_WORKBOOK = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="Feuil1" sheetId="1" r:id="s1"/></sheets></workbook>'


def letters(column: int) -> str:
    """A, B … Z, AA …"""
    return (letters(column // 26 - 1) if column > 25 else "") + chr(65 + column % 26)


# --- XLSX: a cell is what stands between <c r="A1" and </c> --------------------------------------------------------


def x_text(text: str) -> str:
    return f' t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is>'


def x_number(value: float) -> str:
    return f"><v>{value}</v>"


def x_day(serial: float) -> str:
    """A real date, counted in days since the end of 1899."""
    return f' s="1"><v>{serial}</v>'


def x_instant(serial: float) -> str:
    return f' s="2"><v>{serial}</v>'


def x_flag(value: bool) -> str:
    return f' t="b"><v>{int(value)}</v>'


def x_formula(formula: str, value: str | None) -> str:
    """A formula with the text it came to, or none."""
    cached = "" if value is None else f"<v>{escape(value)}</v>"
    kind = ' t="str"' if value is not None else ""
    return f"{kind}><f>{escape(formula)}</f>{cached}"


def x_error(name: str) -> str:
    return f' t="e"><v>{name}</v>'


def sheet_xml(rows: Cells, *, merged: Sequence[str] = ()) -> str:
    lines = [
        f'<row r="{r}">' + "".join(f'<c r="{letters(c)}{r}"{cell}</c>' for c, cell in enumerate(row) if cell) + "</row>"
        for r, row in enumerate(rows, 1)
    ]
    ranges = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged)
    merge = f"<mergeCells>{ranges}</mergeCells>" if merged else ""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData>{merge}</worksheet>'


def xlsx(path: Path, rows: Cells, *, merged: Sequence[str] = (), sheet: str | None = None) -> Path:
    """An Excel file of one sheet; `sheet` is its XML, if it is not made of `rows`."""
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _ROOT_RELATIONS,
        "xl/workbook.xml": _WORKBOOK,
        "xl/_rels/workbook.xml.rels": _RELATIONS,
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": sheet if sheet is not None else sheet_xml(rows, merged=merged),
    }
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


# --- ODS: a cell is a whole element --------------------------------------------------------------------------------

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"


def o_text(text: str) -> str:
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'


def o_number(value: float) -> str:
    return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'


def o_day(iso: str) -> str:
    return f'<table:table-cell office:value-type="date" office:date-value="{iso}"><text:p>{iso}</text:p></table:table-cell>'


def o_flag(value: bool) -> str:
    word = str(value).lower()
    return f'<table:table-cell office:value-type="boolean" office:boolean-value="{word}"><text:p>{word}</text:p></table:table-cell>'


def o_formula(formula: str, value: str | None) -> str:
    if value is None:
        return f'<table:table-cell table:formula="{escape(formula)}"/>'
    return f'<table:table-cell table:formula="{escape(formula)}" office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def ods(path: Path, rows: Cells) -> Path:
    """A LibreOffice file of one sheet, which goes on in empty cells to its right and its bottom, as theirs do."""
    tail = '<table:table-cell table:number-columns-repeated="16000"/>'
    lines = "".join(
        f"<table:table-row>{''.join(cell or '<table:table-cell/>' for cell in row)}{tail}</table:table-row>"
        for row in rows
    )
    end = f'<table:table-row table:number-rows-repeated="1048000">{tail}</table:table-row>'
    content = (
        f'<office:document-content xmlns:office="{_ODF}:office:1.0" xmlns:table="{_ODF}:table:1.0" xmlns:text="{_ODF}:text:1.0">'
        f'<office:body><office:spreadsheet><table:table table:name="Feuille1">{lines}{end}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{_MIMETYPE}"/><manifest:file-entry manifest:full-path="content.xml" '
        'manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        file.writestr("mimetype", _MIMETYPE)
        file.writestr("content.xml", content)
        file.writestr("META-INF/manifest.xml", manifest)
    return path
