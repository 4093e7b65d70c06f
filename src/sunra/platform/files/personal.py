"""Personal fields of the files app."""

from sunra.platform.base.personal import declare

# People put names into the names of files; the content is the matter of the app that stored it.
declare("files.StoredFile", "name", subject="resident", retention_days=365, erasure="delete")
