"""What talks to AWS: the only package that needs credentials, and the only one with boto3."""
