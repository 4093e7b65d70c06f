"""Where big tables lie and run.

``store`` keeps tables as Parquet. Heavier work belongs here too, above ``core`` and below the database: one
SQL text that runs embedded on one machine and per partition on a cluster; it comes with the issue that
needs it.
"""
