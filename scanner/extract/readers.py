"""The readers there are, listed by hand: type → reader. Importing this imports no reader."""

from __future__ import annotations

from scanner.extract import Reader

OFFICE = "application/vnd.openxmlformats-officedocument."
MACRO = ".macroenabled.12"

READERS: tuple[Reader, ...] = (
    Reader("text", 1, "scanner.extract.text", ("text/plain", "text/markdown")),
    Reader("csv", 1, "scanner.extract.csv_text", ("text/csv",)),
    Reader("json", 1, "scanner.extract.keyed", ("application/json", "application/x-ndjson")),
    Reader("xml", 1, "scanner.extract.keyed", ("application/xml",)),
    Reader("html", 1, "scanner.extract.html", ("text/html",)),
    Reader("vcard", 1, "scanner.extract.vcard", ("text/vcard", "text/calendar")),
    Reader("eml", 4, "scanner.extract.eml", ("message/rfc822",)),
    Reader("msg", 1, "scanner.extract.msg", ("application/vnd.ms-outlook",)),
    Reader("tnef", 1, "scanner.extract.tnef", ("application/vnd.ms-tnef",)),
    Reader("ole", 1, "scanner.extract.ole_object", ("application/x-ole-storage",)),
    Reader("smime", 1, "scanner.extract.smime", ("application/pkcs7-mime",)),
    Reader("pgp", 1, "scanner.extract.pgp", ("application/pgp-encrypted",)),
    Reader("mork", 1, "scanner.extract.mork", ("application/x-mork",)),
    Reader("mbox", 1, "scanner.extract.mailbox", ("application/mbox",)),
    Reader("pst", 1, "scanner.extract.mailbox", ("application/vnd.ms-outlook-pst",)),
    Reader("pdf", 1, "scanner.extract.pdf", ("application/pdf",)),
    Reader(
        "docx",
        1,
        "scanner.extract.docx",
        (
            OFFICE + "wordprocessingml.document",
            OFFICE + "wordprocessingml.template",
            "application/vnd.ms-word.document" + MACRO,
            "application/vnd.ms-word.template" + MACRO,
        ),
    ),
    Reader(
        "pptx",
        1,
        "scanner.extract.pptx",
        (
            OFFICE + "presentationml.presentation",
            OFFICE + "presentationml.slideshow",
            OFFICE + "presentationml.template",
            "application/vnd.ms-powerpoint.presentation" + MACRO,
            "application/vnd.ms-powerpoint.slideshow" + MACRO,
            "application/vnd.ms-powerpoint.template" + MACRO,
            "application/vnd.ms-powerpoint.addin" + MACRO,
        ),
    ),
    Reader(
        "sheets",
        1,
        "scanner.extract.sheets",
        (
            OFFICE + "spreadsheetml.sheet",
            OFFICE + "spreadsheetml.template",
            "application/vnd.ms-excel",
            "application/vnd.ms-excel.sheet" + MACRO,
            "application/vnd.ms-excel.addin" + MACRO,
            "application/vnd.ms-excel.template" + MACRO,
            "application/vnd.ms-excel.sheet.binary" + MACRO,
            "application/vnd.oasis.opendocument.spreadsheet",
            "application/vnd.oasis.opendocument.spreadsheet-template",
        ),
    ),
    Reader(
        "opendocument",
        1,
        "scanner.extract.opendocument",
        (
            "application/vnd.oasis.opendocument.text",
            "application/vnd.oasis.opendocument.text-template",
            "application/vnd.oasis.opendocument.presentation",
            "application/vnd.oasis.opendocument.presentation-template",
            "application/vnd.oasis.opendocument.graphics",
            "application/vnd.oasis.opendocument.graphics-template",
        ),
    ),
    Reader("ooxml_encrypted", 1, "scanner.extract.encrypted", ("application/x-ooxml-encrypted",)),
    Reader("rtf", 1, "scanner.extract.rtf", ("application/rtf",)),
    Reader("zip", 1, "scanner.extract.zip_archive", ("application/zip", "application/epub+zip")),
    Reader("tar", 1, "scanner.extract.tar_archive", ("application/x-tar",)),
    Reader(
        "compressed",
        1,
        "scanner.extract.compressed",
        ("application/gzip", "application/x-bzip2", "application/x-xz"),
    ),
    Reader("7z", 1, "scanner.extract.sevenzip", ("application/x-7z-compressed",)),
    Reader("sqlite", 1, "scanner.extract.sqlite_file", ("application/vnd.sqlite3",)),
)

BY_TYPE = {type_: reader for reader in READERS for type_ in reader.types}
