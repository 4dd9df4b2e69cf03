"""TapStack: a transaction platform in nested stacks, in two regions. See README.md beside this file."""
