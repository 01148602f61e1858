"""Folkmap's vectors and search: text in, ranked hits out; knows nothing of users or segments."""
