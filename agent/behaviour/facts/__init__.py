"""Facts by topic: `when`, `what`, `worth` and `who`, each a list of functions Person → facts.

A new fact is a function here, a kind in `agent.records.FactKind`, its phrases in
`agent.profiles`, and a test.
"""
