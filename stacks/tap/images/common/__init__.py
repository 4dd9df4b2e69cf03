"""What images share. In each that copies it this folder is ``images.common``, beside the folder of its function."""
