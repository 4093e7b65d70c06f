"""Personal fields of patrol members."""

from sunra.platform.base import personal

personal.declare(
    "patrols.Member", "sealed", "joined", "insured_until", "hours", subject="member", retention_days=365
)
personal.declare("patrols.Training", "valid_until", subject="member", retention_days=365, erasure="delete")
personal.declare(
    "patrols.DogPair", "sealed", "vaccinated_until", "liability_until", "renew_by", subject="member",
    retention_days=365,
)  # fmt: skip
personal.declare("patrols.Message", "text", subject="member", retention_days=365)
personal.declare("patrols.Hazard", "note", subject="resident", retention_days=365)
personal.declare(
    "patrols.Presence", "cell_e", "cell_n", subject="member", retention_days=90, erasure="delete"
)
personal.declare("patrols.LogVersion", "body", subject="resident", retention_days=1095)
personal.declare("patrols.ServedHours", "minutes", subject="member", retention_days=1095)
personal.declare("patrols.Certificate", "minutes", subject="member", retention_days=1095)
