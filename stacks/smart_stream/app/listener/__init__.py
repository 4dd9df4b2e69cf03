"""The listener: hears the players at Yoto's broker, and writes into the table what it heard last of each."""
