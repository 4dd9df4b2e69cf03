"""What the API and the listener share: settings, the table, Yoto's tokens."""
