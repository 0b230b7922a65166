"""Backup and restore of one home: metadata, objects, secrets, certificates and settings, of one moment.

    hold     every object by a hard link of our own (holding.py)
    freeze   the upload services, by SIGSTOP: nobody else deletes or assembles objects (local_stack/freeze.py)
    moment   a read transaction on the tables; links to what has come since, none to what has gone
    thaw     calls that came meanwhile were not refused: they waited
    archive  the linked files and the tables as of that transaction, at leisure, into one file (archive.py)

What the tables refer to was stored before it was committed, is never changed, and is deleted only by the upload
service after metadata has abandoned it: so everything that they refer to at the moment is there at the moment, and
with the deleters frozen until the links are made, in the backup. Uploads that were under way are as after a crash at
that moment, and go on by the same rules.
"""

from local_stack.backup.restore import Restore
from local_stack.backup.taking import Backup

__all__ = ["Backup", "Restore"]
