"""What leaves the house as open data: columns, licences, features, files, catalogue."""
