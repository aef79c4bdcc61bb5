"""Speed and cost, measured: `make bench`. Only test_bench.py runs with the tests."""
