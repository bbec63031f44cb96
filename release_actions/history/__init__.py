"""What commits are: their class, their trailers, and which of them are the same change."""
