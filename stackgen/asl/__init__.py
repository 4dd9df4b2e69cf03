"""The Amazon States Language as it is written: definitions read as graphs, and what is wrong with one in itself."""
