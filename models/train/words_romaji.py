"""Hepburn spellings of a reading."""

ROMAJI = {"きゃ": "kya", "きゅ": "kyu", "きょ": "kyo", "しゃ": "sha", "しゅ": "shu", "しょ": "sho", "ちゃ": "cha", "ちゅ": "chu", "ちょ": "cho",
          "にゃ": "nya", "にゅ": "nyu", "にょ": "nyo", "ひゃ": "hya", "ひゅ": "hyu", "ひょ": "hyo", "みゃ": "mya", "みゅ": "myu", "みょ": "myo",
          "りゃ": "rya", "りゅ": "ryu", "りょ": "ryo", "ぎゃ": "gya", "ぎゅ": "gyu", "ぎょ": "gyo", "じゃ": "ja", "じゅ": "ju", "じょ": "jo",
          "びゃ": "bya", "びゅ": "byu", "びょ": "byo", "ぴゃ": "pya", "ぴゅ": "pyu", "ぴょ": "pyo"}
ROMAJI.update(zip("あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをんがぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽ",
                  "a i u e o ka ki ku ke ko sa shi su se so ta chi tsu te to na ni nu ne no ha hi fu he ho ma mi mu me mo ya yu yo ra ri ru re ro "
                  "wa o n ga gi gu ge go za ji zu ze zo da ji zu de do ba bi bu be bo pa pi pu pe po".split()))


def romaji(reading):
    """Hepburn as passports write it, and with long vowels spelt out: {satou, sato}."""
    out, i, double = "", 0, False
    while i < len(reading):
        piece = reading[i:i + 2] if reading[i:i + 2] in ROMAJI else reading[i]
        i += len(piece)
        if piece == "っ":
            double = True
            continue
        sound = ROMAJI.get(piece)
        if sound is None:
            return set()
        out += ("t" if sound.startswith("ch") else sound[0]) + sound if double else sound
        double = False
    short = out.replace("ou", "o").replace("oo", "o").replace("uu", "u")
    return {out, short, short.replace("nb", "mb").replace("np", "mp").replace("nm", "mm")}
