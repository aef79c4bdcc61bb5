"""What is past its time: the rules, one file for each kind of data, and who is spared."""
