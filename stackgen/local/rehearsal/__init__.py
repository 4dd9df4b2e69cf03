"""What the command ``local`` does with a stand-in: serve it, prepare it, deploy a stack of the project, tell of it."""
