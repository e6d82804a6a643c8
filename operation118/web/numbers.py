"""Small numbers in words, as running text wants them."""

from operation118.web.languages import current

_WORDS = {
    "fr": "zéro une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf vingt",
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty",
}


def in_words(number: int) -> str:
    """`number` in the page's language up to twenty, in digits beyond; the French one is feminine, as towns are."""
    words = _WORDS[current()].split()
    return words[number] if 0 <= number < len(words) else str(number)
