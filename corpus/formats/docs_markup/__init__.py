"""The markup that documentation tools add to Markdown becomes plain Markdown, line by line.

MkDocs, Docusaurus, MyST, Hugo, Jekyll, GitBook, DocFX, Obsidian and MDX write boxes, tabs, includes and attributes each
in their own way. Boxes become quotes that begin with **Note:** or **Caution:**, tabs become titles in bold, parts that
unfold become <details>, and what only a tool needs is removed. Code is never touched.

In reading order:

- `interpreter`: walks the lines; its result knows the line of the file that each line is from
- `openers`: the lines that open a box, a tab, or a part that unfolds
- `inline`: what is removed or rewritten within a line
- `components`: the tags of MDX
"""
