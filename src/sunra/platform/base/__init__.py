"""What has no tables of its own: errors, time, the home folder, abstract models, personal fields."""
