"""What goes beside a stack: packages of code before its deployment, folders of files after it."""
