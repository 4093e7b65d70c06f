"""What every system stands on, from the ledger below to maps above."""
