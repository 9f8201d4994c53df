"""What answers the same questions over the same graph: ours, and what one might take instead."""
