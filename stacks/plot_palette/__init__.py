"""Plot Palette: synthetic data from language models, in eight nested stacks and a budget. See README.md."""
