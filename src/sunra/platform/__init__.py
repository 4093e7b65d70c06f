"""What every system stands on: agencies, accounts, ledger, places, events, jobs, files, documents, notices, maps, ui."""
