"""Backup and restore of a whole installation: both databases, files, tables on disk and anchors; keys apart.

Lies here because a backup stands on files, ledger and home folder, and on no model of the apps above.

What "one consistent snapshot" means: the main database is one moment. Files are kept by their content and
never change, and none is swept meanwhile, so every file that this moment names is in the archive. The
ledger is copied after the main database and only ever grows, so it holds a record of everything that the
main database knows, perhaps a few records more. The anchors are copied in the same breath as the ledger.
"""
