#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every file with something to translate is listed, and every language in LINGUAS translates all of it."""
import glob
import os
import re
import sys
import tempfile

from installtest import check, finish, need, read, run

source = sys.argv[1]
listed = [line for line in read(source, "po", "POTFILES").splitlines() if line and not line.startswith("#")]
for path in listed:
    check(os.path.exists(os.path.join(source, path)), f"po/POTFILES lists {path}, which does not exist")
check(len(listed) == len(set(listed)), "po/POTFILES lists a file twice")


def is_translatable(path):
    text = read(source, path)
    if path.endswith(".ui"):
        return 'translatable="yes"' in text
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.search(r"\b(?:N?C?_|ngettext|g_dngettext|g_dpgettext2?) \(", text) is not None


for pattern in ("src/**/*.c", "src/**/*.h", "ui/*.ui"):
    for path in glob.glob(os.path.join(source, pattern), recursive=True):
        path = os.path.relpath(path, source)
        if path not in listed:
            check(not is_translatable(path), f"{path} is not in po/POTFILES")
for path in glob.glob(os.path.join(source, "data", "io.*.in")) + glob.glob(os.path.join(source, "data", "*.gschema.xml")):
    path = os.path.relpath(path, source)
    check(path in listed or path.endswith(".service.in"), f"{path} is not in po/POTFILES")

languages = read(source, "po", "LINGUAS").split("\n")
languages = [line for line in languages if line and not line.startswith("#")]
catalogues = [os.path.basename(path)[:-3] for path in glob.glob(os.path.join(source, "po", "*.po"))]
check(sorted(languages) == sorted(catalogues), f"LINGUAS lists {sorted(languages)}, there are {sorted(catalogues)}")
if not languages:
    finish()

need("xgettext", "msgmerge", "msgattrib", "msgfmt")
with tempfile.TemporaryDirectory() as folder:
    template = os.path.join(folder, "unbrick.pot")
    # The keywords of meson's preset “glib”.
    result = run("xgettext", "--from-code=UTF-8", "--add-comments", "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2",
                 "--keyword=NC_:1c,2", "--keyword=g_dcgettext:2", "--keyword=g_dngettext:2,3",
                 "--keyword=g_dpgettext2:2c,3", "--flag=N_:1:pass-c-format", "--flag=C_:2:pass-c-format",
                 "--flag=NC_:2:pass-c-format", "--flag=g_dngettext:2:pass-c-format",
                 "--flag=g_strdup_printf:1:c-format", "--flag=g_string_printf:2:c-format",
                 "--flag=g_string_append_printf:2:c-format", "--flag=g_error_new:3:c-format",
                 "--flag=g_set_error:4:c-format", "-o", template, "--files-from=po/POTFILES", cwd=source)
    check(result.returncode == 0, "xgettext: " + result.stdout)
    for language in languages:
        catalogue = os.path.join(source, "po", language + ".po")
        result = run("msgfmt", "--check", "--check-accelerators=_", "-o", os.path.join(folder, "out.mo"), catalogue)
        check(result.returncode == 0, f"{language}: {result.stdout}")
        merged = os.path.join(folder, language + ".po")
        result = run("msgmerge", "--quiet", "--no-fuzzy-matching", "-o", merged, catalogue, template)
        check(result.returncode == 0, f"{language}: {result.stdout}")
        for what in ("--untranslated", "--only-fuzzy"):
            lacking = run("msgattrib", what, "--no-obsolete", "--no-wrap", merged).stdout
            strings = re.findall(r'^msgid (".*")$', lacking, re.MULTILINE)[1:]
            check(not strings, f"{language}: {len(strings)} {what[2:]}, the first is {strings[:1]}")
finish()
