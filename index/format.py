"""The version of what a generation holds."""

FORMAT = 23  # raised whenever the files or the division into passages change, which otherwise would be taken over
