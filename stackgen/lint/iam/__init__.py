"""What is known of IAM without AWS: access levels of actions, ways to more permissions, what managed policies allow."""
