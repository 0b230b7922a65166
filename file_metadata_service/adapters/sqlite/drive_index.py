"""The index of one drive: a file of SQLite with FTS5. Every call blocks; one thread at a time."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unicodedata import unidata_version

from file_metadata_service.adapters.sqlite.rows import places_for, row_of, texts_of
from file_metadata_service.domain.ids import DriveId
from file_metadata_service.domain.nodes import Node
from file_metadata_service.ports.search_index import Mark

# What is written depends on how words are taken from names. To change that, raise the number.
FORM = f"1 {unidata_version}"

# Words come taken apart and folded: the tokenizer of ASCII leaves them as they are, whatever SQLite's Unicode.
# Prefixes are indexed as far as many words can share one.
SCHEMA = """
CREATE TABLE mark (drive_id TEXT, journal_id TEXT, seq INTEGER, complete INTEGER, form TEXT);
CREATE TABLE node (
  place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, parent TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER,
  seq INTEGER NOT NULL, created_at INTEGER, updated_at INTEGER, trashed_at INTEGER, content TEXT,
  folded TEXT NOT NULL, words TEXT NOT NULL, class TEXT NOT NULL, size INTEGER
);
CREATE INDEX by_folded ON node (folded);
CREATE INDEX by_words ON node (words);
CREATE INDEX by_class ON node (class);
CREATE VIRTUAL TABLE text USING fts5 (words, parts, tokenize = 'ascii', prefix = '1 2 3 4');
"""
TABLES = ("mark", "node", "text")
INSERT = "INSERT INTO node VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class DriveIndex:
    """Raises sqlite3.Error where the file is damaged or the disk full."""

    def __init__(self, path: Path, drive_id: DriveId) -> None:
        self.path = path
        self.drive_id = drive_id
        # A connection may wander between threads, as long as they take turns.
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self.db.execute("PRAGMA journal_mode = WAL")
            self.db.execute("PRAGMA synchronous = NORMAL")
            # Reading goes through the system's cache, which many drives share and nobody has to bound.
            self.db.execute("PRAGMA mmap_size = 1073741824")
            self.db.execute("PRAGMA cache_size = -4000")
            self.db.execute("PRAGMA temp_store = MEMORY")
        except sqlite3.Error:
            self.db.close()
            raise

    def close(self) -> None:
        self.db.close()

    def mark(self) -> Mark | None:
        """None: nothing was begun, or in another form, or for another drive."""
        if not self._exists("mark"):
            return None
        row = self.db.execute("SELECT journal_id, seq, complete, form, drive_id FROM mark").fetchone()
        if row is None or row[3:] != (FORM, self.drive_id):
            return None
        return Mark(row[0], row[1], bool(row[2]))

    def begin(self, mark: Mark) -> None:
        with self.transaction():
            for table in TABLES:
                self.db.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in SCHEMA.strip().split(";\n"):
                self.db.execute(statement)
            row = (self.drive_id, mark.journal_id, mark.seq, mark.complete, FORM)
            self.db.execute("INSERT INTO mark VALUES (?, ?, ?, ?, ?)", row)

    def put(self, nodes: Sequence[Node], mark: Mark) -> None:
        """Nothing, if there is no index."""
        with self.transaction():
            if self.mark() is None:
                return
            for node in nodes:
                self._put(node)
            self.db.execute(
                "UPDATE mark SET journal_id = ?, seq = ?, complete = ?",
                (mark.journal_id, mark.seq, mark.complete),
            )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; for reading, one moment."""
        self.db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.db.rollback()
            raise
        self.db.commit()

    def _put(self, node: Node) -> None:
        known = self.db.execute(
            "SELECT place, seq, updated_at, name FROM node WHERE id = ?", (node.id,)
        ).fetchone()
        if known is None:
            self._insert(node, self._free_place(node))
            return
        place, seq, updated_at, name = known
        if seq > node.seq:
            return
        self.db.execute("DELETE FROM node WHERE place = ?", (place,))
        if (updated_at, name) == (node.updated_at_ms, node.name):
            # Moving, trashing and restoring leave the text alone.
            self._insert_row(node, place)
            return
        self.db.execute("DELETE FROM text WHERE rowid = ?", (place,))
        self._insert(node, self._free_place(node))

    def _insert(self, node: Node, place: int) -> None:
        self._insert_row(node, place)
        self.db.execute(
            "INSERT INTO text (rowid, words, parts) VALUES (?, ?, ?)", (place, *texts_of(node.name))
        )

    def _insert_row(self, node: Node, place: int) -> None:
        self.db.execute(INSERT, row_of(node, place))

    def _free_place(self, node: Node) -> int:
        taken = "SELECT 1 FROM node WHERE place = ?"
        return next(it for it in places_for(node) if self.db.execute(taken, (it,)).fetchone() is None)

    def _exists(self, table: str) -> bool:
        found = self.db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        return found is not None
