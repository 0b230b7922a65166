"""What sort of thing a file is, by its content type; by its extension where that says nothing."""

from enum import StrEnum


class FileClass(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    ARCHIVE = "archive"
    OTHER = "other"


_EXTENSIONS: dict[FileClass, str] = {
    FileClass.IMAGE: "jpg jpeg png gif webp avif heic heif bmp tif tiff svg ico raw cr2 cr3 nef arw dng orf psd",
    FileClass.VIDEO: "mp4 m4v mkv mov avi webm wmv mpg mpeg flv 3gp ogv m2ts mts vob",
    FileClass.AUDIO: "mp3 m4a aac flac wav ogg oga opus wma aif aiff mid midi",
    FileClass.DOCUMENT: (
        "pdf doc docx odt rtf txt md rst tex xls xlsx ods csv tsv ppt pptx odp key pages numbers epub mobi djvu "
        "html htm xml json yaml yml"
    ),
    FileClass.ARCHIVE: "zip tar gz tgz bz2 xz zst 7z rar iso dmg jar deb rpm",
}
_BY_EXTENSION = {it: sort for sort, extensions in _EXTENSIONS.items() for it in extensions.split()}

# Beginnings of content types. What says nothing ("application/octet-stream") stands nowhere here.
_CONTENT_TYPES: dict[str, FileClass] = {
    "image/": FileClass.IMAGE,
    "video/": FileClass.VIDEO,
    "audio/": FileClass.AUDIO,
    "text/": FileClass.DOCUMENT,
    "application/pdf": FileClass.DOCUMENT,
    "application/rtf": FileClass.DOCUMENT,
    "application/epub": FileClass.DOCUMENT,
    "application/json": FileClass.DOCUMENT,
    "application/xml": FileClass.DOCUMENT,
    "application/msword": FileClass.DOCUMENT,
    "application/vnd.ms-": FileClass.DOCUMENT,
    "application/vnd.openxmlformats-officedocument.": FileClass.DOCUMENT,
    "application/vnd.oasis.opendocument.": FileClass.DOCUMENT,
    "application/zip": FileClass.ARCHIVE,
    "application/gzip": FileClass.ARCHIVE,
    "application/x-tar": FileClass.ARCHIVE,
    "application/x-gzip": FileClass.ARCHIVE,
    "application/x-bzip": FileClass.ARCHIVE,
    "application/x-xz": FileClass.ARCHIVE,
    "application/zstd": FileClass.ARCHIVE,
    "application/x-7z": FileClass.ARCHIVE,
    "application/vnd.rar": FileClass.ARCHIVE,
    "application/x-rar": FileClass.ARCHIVE,
}


def class_of(name: str, content_type: str) -> FileClass:
    said = content_type.lower()
    for beginning, found in _CONTENT_TYPES.items():
        if said.startswith(beginning):
            return found
    return _BY_EXTENSION.get(name.rpartition(".")[2].lower(), FileClass.OTHER)
