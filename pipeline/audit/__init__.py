"""Audits: proofs about stored partitions, made on copies, with the verdicts kept."""
