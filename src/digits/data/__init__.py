"""What is read and trained on: MNIST, pen handwriting, and the sets that are made of them."""
