"""What an editor needs to write good articles: the rules that lint checks, and an entry written back as Markdown."""
