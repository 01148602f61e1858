"""The simulated shop behind `folkmap demo`: what it sells, who buys there, and what they do."""
