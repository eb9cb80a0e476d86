"""What is asked: specs in the user's names, and the tree that they are resolved to."""
