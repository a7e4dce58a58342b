"""What runs cost: `make bench` measures them and writes benchmarks/RESULTS.md."""
