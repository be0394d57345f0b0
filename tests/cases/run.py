#!/usr/bin/env python3
"""Inputs that once failed, each with its right value, put to a running program.

The inputs stand outside the repository: SAFEHARBOR_CASES names their folder. Each theme is a file beside this one with
a function `cases(folder)` that yields (name, check); a check raises AssertionError where the value is not right.
"""
import os
import sys
import traceback
from pathlib import Path

import letters
import mail_and_data
import operating
import security

# Letters by people are read in part so far: they are shown and do not decide.
THEMES = [("mail-and-data", mail_and_data, True), ("operating", operating, True), ("security", security, True),
          ("letters", letters, False)]


def main():
    root = os.environ.get("SAFEHARBOR_CASES")
    if not root:
        print("SAFEHARBOR_CASES is not set: the inputs that once failed are left out")
        return 0
    only = sys.argv[1:]
    failed_at_all = 0
    for theme, module, decides in THEMES:
        folder = Path(root) / theme
        if not folder.is_dir():
            print(f"{theme}: no such folder in SAFEHARBOR_CASES")
            continue
        passed = failed = 0
        for name, check in module.cases(folder):
            if only and not any(part in f"{theme}/{name}" for part in only):
                continue
            try:
                check()
                passed += 1
            except AssertionError as wrong:
                failed += 1
                print(f"{'WRONG' if decides else 'not yet'} {theme}/{name}: {wrong}", flush=True)
            except Exception:
                failed += 1
                print(f"WRONG {theme}/{name}:\n{traceback.format_exc(limit=4)}", flush=True)
        print(f"{theme}: {passed} passed, {failed} failed", flush=True)
        failed_at_all += failed if decides else 0
    return 1 if failed_at_all else 0


if __name__ == "__main__":
    sys.exit(main())
