"""Chinese texts made from a seed: paragraphs, edited copies, and the design's setup of planted copies."""

import numpy as np

RANKED = 3000  # characters of the made language, with the skewed frequencies of a real one
CHARACTERS = np.array([chr(0x4E00 + place) for place in range(RANKED)])
FREQUENCY = 1 / np.arange(1, RANKED + 1)
FREQUENCY /= FREQUENCY.sum()
Chance = np.random.Generator


def chance_of(seed: int) -> Chance:
    return np.random.Generator(np.random.PCG64(seed))


def paragraph(chance: Chance, least: int = 60, most: int = 160) -> str:
    return "".join(chance.choice(CHARACTERS, size=int(chance.integers(least, most)), p=FREQUENCY)) + "。"


def edited(chance: Chance, text: str, share: float) -> str:
    """A copy in which about this share of the characters was replaced, dropped or doubled by another."""
    found = []
    for character in text:
        other = str(chance.choice(CHARACTERS, p=FREQUENCY))
        kind = int(chance.integers(3)) if chance.random() < share else -1
        found.append({-1: character, 0: other, 1: "", 2: character + other}[kind])
    return "".join(found)


def planted(seed: int, count: int, light: int, heavy: int) -> tuple[list[str], dict[tuple[int, int], bool]]:
    """Paragraphs with edited copies: `light` of 5 % (True) and `heavy` of 20 % (False), by their positions."""
    chance = chance_of(seed)
    texts = [paragraph(chance) for _ in range(count)]
    pairs = {}
    for number in range(light + heavy):
        source, target = number, count // 2 + number
        texts[target] = edited(chance, texts[source], 0.05 if number < light else 0.20)
        pairs[source, target] = number < light
    return texts, pairs
