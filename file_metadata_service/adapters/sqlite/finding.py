"""Answering a question from a drive's index: grade by grade, the last changed first, as few rows as possible.

Each grade has its stream of rows. The domain grades every name, so a stream may give more than its grade's. Rows
are looked at until the page is full, or until so many were in vain that the next request shall go on.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter

from file_metadata_service.adapters.sqlite.conditions import (
    Conditions,
    beginning_with,
    conditions_of,
    matching,
)
from file_metadata_service.adapters.sqlite.rows import COLUMNS, LAST_PLACE, Row, node_of
from file_metadata_service.domain.ids import DriveId, NodeId, root_of
from file_metadata_service.domain.nodes import Folder
from file_metadata_service.domain.search import Grade, Hit, Query, Question
from file_metadata_service.ports.listings import Page

ROWS_PER_PAGE = 20_000
# So few that sorting them costs nothing; where there are more, the last changed among them are found at once.
FEW = 1_000
# Behind every text in the order of bytes.
BEHIND = "\U0010ffff"

SELECT = f"SELECT {', '.join(f'node.{column}' for column in COLUMNS.split(', '))} FROM"
BY_ID = f"{SELECT} node WHERE id = ?"
NEWEST = "ORDER BY node.place DESC"


@dataclass(slots=True)
class Finding:
    """One question to one moment of an index."""

    db: sqlite3.Connection
    drive_id: DriveId
    question: Question
    rows_per_page: int = ROWS_PER_PAGE
    _chains: dict[NodeId, tuple[Folder, ...] | None] = field(default_factory=dict)

    def page(self, limit: int, start: str | None) -> Page[Hit]:
        """`start`: grade and place of what was looked at last."""
        places, hits = list[str](), list[Hit]()
        for looked_at, (grade, row) in enumerate(self._rows(start), start=1):
            place = f"{int(grade)}:{row[0]}"
            hit = self._hit(grade, row)
            if hit is not None and len(hits) == limit:
                return Page(tuple(hits), places[-1])
            if hit is not None:
                hits.append(hit)
                places.append(place)
            if looked_at == self.rows_per_page:
                return Page(tuple(hits), place if len(hits) < limit else places[-1])
        return Page(tuple(hits), None)

    def _rows(self, start: str | None) -> Iterator[tuple[Grade, Row]]:
        begin, _, place = (start or f"0:{LAST_PLACE}").partition(":")
        before = int(place)
        query, where = self.question.query, conditions_of(self.question.filters)
        for grade in Grade:
            if grade >= int(begin):
                stream = (
                    self._stream(query, grade, where, before) if query else self._all(grade, where, before)
                )
                yield from ((grade, row) for row in stream)
                before = LAST_PLACE

    def _hit(self, grade: Grade, row: Row) -> Hit | None:
        """The node, unless it was in a better grade, is hidden, or lies elsewhere."""
        query, below = self.question.query, self.question.filters.below
        if query is not None and query.grade(row[3]) is not grade:
            return None
        ancestors = self._chain(NodeId(row[2]))
        if ancestors is None:
            return None
        if below not in (None, root_of(self.drive_id)) and all(it.id != below for it in ancestors):
            return None
        return Hit(node_of(self.drive_id, row), ancestors)

    def _chain(self, folder_id: NodeId) -> tuple[Folder, ...] | None:
        """From the root's child down to the folder. None if any of it is in the trash, or not known."""
        upwards, up = list[NodeId](), folder_id
        folders = dict[NodeId, Folder]()
        while up not in self._chains and up != root_of(self.drive_id) and up not in folders:
            found = self.db.execute(BY_ID, (up,)).fetchone()
            node = node_of(self.drive_id, found) if found else None
            if not isinstance(node, Folder) or node.trashed_at_ms is not None or node.parent_id is None:
                break
            folders[up] = node
            upwards.append(up)
            up = node.parent_id
        chain = () if up == root_of(self.drive_id) else self._chains.setdefault(up, None)
        for node_id in reversed(upwards):
            chain = None if chain is None else (*chain, folders[node_id])
            self._chains[node_id] = chain
        return chain

    def _all(self, grade: Grade, where: Conditions, before: int) -> Iterable[Row]:
        """Without a query there is one grade."""
        if grade is not Grade.EXACT:
            return ()
        statement = f"{SELECT} node WHERE {where.text} AND node.place < ? {NEWEST}"
        return self.db.execute(statement, (*where.values, before))

    def _stream(self, query: Query, grade: Grade, where: Conditions, before: int) -> Iterable[Row]:
        match grade:
            case Grade.EXACT:
                table = "node INDEXED BY by_folded"
                statement = f"{SELECT} {table} WHERE folded = ? AND {where.text} AND node.place < ? {NEWEST}"
                return self.db.execute(statement, (query.folded, *where.values, before))
            case Grade.PREFIX:
                return self._beginning(query, where, before)
            case _ if not query.phrases:
                return ()
            case _:
                return self._matching(matching(query, whole=grade is Grade.WORDS), where, before)

    def _beginning(self, query: Query, where: Conditions, before: int) -> Iterable[Row]:
        """A few stand side by side in the order of names; of many, the full text knows the last changed."""
        column, text = ("words", query.beginning) if query.phrases else ("folded", query.folded)
        statement = (
            f"{SELECT} node INDEXED BY by_{column} WHERE {column} >= ? AND {column} < ? AND {where.text}"
            " AND node.place < ?"
        )
        values = (text, text + BEHIND, *where.values, before)
        few = self.db.execute(f"{statement} LIMIT {FEW + 1}", values).fetchall()
        if len(few) <= FEW:
            return sorted(few, key=itemgetter(0), reverse=True)
        if query.phrases:
            return self._matching(beginning_with(query), where, before)
        return self.db.execute(f"{statement} {NEWEST}", values)

    def _matching(self, expression: str, where: Conditions, before: int) -> Iterable[Row]:
        statement = (
            f"{SELECT} text CROSS JOIN node ON node.place = text.rowid"
            f" WHERE text MATCH ? AND text.rowid < ? AND {where.text} ORDER BY text.rowid DESC"
        )
        return self.db.execute(statement, (expression, before, *where.values))
