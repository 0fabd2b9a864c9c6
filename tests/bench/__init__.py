"""The benchmarks: the pair measured from outside, against yardsticks in the same run."""
