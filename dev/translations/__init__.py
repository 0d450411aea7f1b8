"""Collect, check and compile the texts that people read; needs Babel, but no GNU gettext.

English is the source: a text's English stands in the code (the msgid), so English has no file of
its own and cannot be incomplete. Every other language is one file, locale/<language>/LC_MESSAGES/
django.po, complete and in one normal form, so that two people's additions merge line by line.
Scripts hold no texts: they take them from the page. Compiled files are not kept in the repository.

    python -m dev.translations update     bring new texts into the files, drop unused ones
    python -m dev.translations check      list what is missing or wrong; exit status 1 if any
    python -m dev.translations compile    write the .mo files that Django reads
"""
