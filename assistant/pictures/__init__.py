"""The text of a screenshot as a question; the picture is read in a process of its own and kept nowhere.

`picture_reader` is the caller's end and `reading_process` the other one. Only that process decodes pictures
(`recognition`); what it finds there is put in order by `layout`.
"""
