"""The pages about people, the own account, programs' keys and the rules."""
