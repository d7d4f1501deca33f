"""Converts the forms named as arguments with pyxform; prints [[file, null or what is wrong], …] as JSON."""

import json
import sys
import warnings

from pyxform.xls2xform import convert

warnings.simplefilter("ignore")


def outcome(file):
    try:
        convert(file)
    except Exception as error:  # whatever it is, the form was not converted
        return f"{type(error).__name__}: {error}"
    return None


print(json.dumps([[file, outcome(file)] for file in sys.argv[1:]]))
