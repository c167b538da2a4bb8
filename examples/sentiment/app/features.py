"""The word n-grams of a text, the same for training and serving."""

import re

WORD = re.compile(r"[a-z']+")


def features(text, ngrams):
    """Returns the distinct sequences of one to `ngrams` words, in order."""
    words = WORD.findall(text.lower())
    found = [" ".join(words[i : i + n]) for n in range(1, ngrams + 1) for i in range(len(words) - n + 1)]
    return list(dict.fromkeys(found))
