"""The ways in which content files are broken, each with the line that must be told."""

# file, what is replaced, what by, what is said
BROKEN = {
    "a syntax error": (
        "film.toml",
        'mark = "118 318"',
        "mark = 118 318",
        "film.toml: Expected newline or end of document after a statement (at line n, column 12)",
    ),
    "a key written twice": (
        "film.toml",
        "year = 2010",
        "year = 2010\nyear = 2011",
        "film.toml: Cannot overwrite a value (at line n, column 12)",
    ),
    "an unknown key": (
        "press.toml",
        'author = "N. N."',
        'autor = "N. N."',
        'press.toml: item[n].autor: unknown key (did you mean "author"?), in "courrier-picard-2010-saint-quentin"',
    ),
    "an unknown table": (
        "screenings.toml",
        "\n[[venue]]",
        "\n[[veneu]]",
        'screenings.toml: veneu: unknown key (did you mean "venue"?)',
    ),
    "a date in words": (
        "screenings.toml",
        'date = "2010-11-05"',
        'date = "hier"',
        'screenings.toml: screening[n].date: expected a date such as 2010-11-17, 2010-11 or 2010 (got "hier"), '
        'in "saint-etienne-2010-11-05"',
    ),
    "a screening that is nowhere": (
        "screenings.toml",
        'territory = "France"\n',
        "",
        'screenings.toml: screening[n].town: required, because there is no territory, in "sortie-nationale-2010-11-17"',
    ),
    "a day that is in no calendar": (
        "film.toml",
        'dossier_closed_on = "2026-11-22"',
        'dossier_closed_on = "2026-02-30"',
        'film.toml: film.dossier_closed_on: expected a date such as 2010-11-17 (got "2026-02-30")',
    ),
    "a precision that is none": (
        "screenings.toml",
        'date_precision = "week"',
        'date_precision = "fortnight"',
        'screenings.toml: screening[n].date_precision: expected "day", "week", "month", "year", "from", "before" or '
        '"unknown" (got "fortnight"), in "saint-quentin-2010-10"',
    ),
    "a precision that does not fit its date": (
        "screenings.toml",
        'date = "2010-10-25"',
        'date = "2010-10"',
        'screenings.toml: screening[n].date_precision: "week" goes with a date such as 2010-11-17, '
        'in "saint-quentin-2010-10"',
    ),
    "an entry without its date": (
        "screenings.toml",
        'date = "2010-10-18"\n',
        "",
        'screenings.toml: event[n].date: required, and absent, in "paris-2010-10-18"',
    ),
    "a slug taken by another": (
        "press.toml",
        '[[outlet]]\nslug = "imdb"',
        '[[outlet]]\nslug = "ambush"',
        'press.toml: outlet[n].slug: "ambush" is taken by press.toml: outlet[n]',
    ),
    "a slug taken in the other list of the same table": (
        "film.toml",
        'slug = "crew-david-azencot"',
        'slug = "cast-david-azencot"',
        'film.toml: crew[n].slug: "cast-david-azencot" is taken by film.toml: cast[n]',
    ),
    "a slug in capitals": (
        "redirects.toml",
        'from = "/service_client/"',
        'from = "service_client"',
        'redirects.toml: redirect[n].from: expected a decoded path such as /blog/ or /blog/?p=12 (got "service_client"), '
        'in "service_client"',
    ),
    "an entry without a source": (
        "film.toml",
        'sources = ["sensduclient-critique"]',
        "sources = []",
        'film.toml: fact[n].sources: expected at least 1, in "locacar"',
    ),
    "a source that does not exist": (
        "film.toml",
        'sources = ["figaro-2008"]',
        'sources = ["figaro-2009"]',
        'film.toml: fact[n].sources: no source is called "figaro-2009" (did you mean "figaro-2008"?), in "fonds-reunis"',
    ),
    "sources of a field that does not exist": (
        "film.toml",
        'country = ["allocine-avis"]',
        'countri = ["allocine-avis"]',
        "film.toml: film.sources.countri: no field of the film begins so",
    ),
    "a person nobody introduced": (
        "screenings.toml",
        '"david-azencot", "celine-duhamel"',
        '"david-azencot", "celine-dumahel"',
        'screenings.toml: screening[n].guests: no person is called "celine-dumahel" (did you mean "celine-duhamel"?), '
        'in "laon-2010-11-10"',
    ),
    "a person named twice": (
        "screenings.toml",
        '"david-azencot", "celine-duhamel"',
        '"david-azencot", "david-azencot"',
        'screenings.toml: screening[n].guests: "david-azencot" is there twice, in "laon-2010-11-10"',
    ),
    "a number in quotes": (
        "film.toml",
        "year = 2010",
        'year = "2010"',
        'film.toml: film.year: expected a whole number (got "2010")',
    ),
    "a text that is a number": (
        "screenings.toml",
        'place = "Place du Colonel-Fabien"',
        "place = 118",
        'screenings.toml: event[n].place: expected text (got 118), in "paris-2010-10-18"',
    ),
    "a text that is empty": (
        "film.toml",
        'sign_town = "Tence"',
        'sign_town = " "',
        'film.toml: film.sign_town: expected some text (got " ")',
    ),
    "a table where a list of them goes": (
        "screenings.toml",
        "\n[[event]]",
        "\n[event]",
        "screenings.toml: event: expected tables [[event]]",
    ),
    "a list of tables where one goes": (
        "screenings.toml",
        "\n[tour]",
        "\n[[tour]]",
        "screenings.toml: tour: expected one [tour]",
    ),
    "a table that is not there": (
        "screenings.toml",
        "\n[tour]",
        "\n[[event]]",
        "screenings.toml: tour: required, and absent",
    ),
    "a text in one language": (
        "screenings.toml",
        'note_en = "Four showings from the Friday on."\n',
        "",
        'screenings.toml: screening[n].note_en: required, because note_fr is there, in "tence-2010-11-19"',
    ),
    "a list shorter in the other language": (
        "film.toml",
        '    "Festival selections",\n',
        "",
        "film.toml: film.unknown_en: expected as many lines as in unknown_fr (18, not 17)",
    ),
    "an answer in one language": (
        "press.toml",
        'answer_fr = "Julien Baillargeon précise',
        'answer_de = "Julien Baillargeon précise',
        'press.toml: item[n].question[2].answer_fr: required, and absent, in "le-progres-2010-une-equipe-qui-gagne"',
    ),
    "a kind that is none": (
        "screenings.toml",
        'kind = "national_release"',
        'kind = "sortie"',
        'screenings.toml: screening[n].kind: expected "preview", "regular" or "national_release" (got "sortie"), '
        'in "sortie-nationale-2010-11-17"',
    ),
    "coordinates off the globe": (
        "screenings.toml",
        "latitude = 45.1142",
        "latitude = 451.142",
        'screenings.toml: town[n].latitude: expected 90 or less (got 451.142), in "tence"',
    ),
    "an hour without its offset": (
        "screenings.toml",
        "2010-10-26T20:15:00+02:00\n",
        "2010-10-26T20:15:00\n",
        "screenings.toml: screening[n].team_arrives_at: expected an instant with its offset such as "
        '2010-11-17T20:30:00+01:00 (got 2010-10-26 20:15:00), in "chalons-en-champagne-2010-10-26"',
    ),
    "an address that is none": (
        "press.toml",
        'url = "http://www.ambush.fr"',
        'url = "www.ambush.fr"',
        "press.toml: outlet[n].url: expected an address that begins with http:// or https:// "
        '(got "www.ambush.fr"), in "ambush"',
    ),
    "an old address that leads nowhere": (
        "redirects.toml",
        'to = "/"',
        'to = "https://ailleurs.example/"',
        "redirects.toml: redirect[n].to: expected one of our paths, such as /film/ "
        '(got "https://ailleurs.example/"), in "/service_client/"',
    ),
    "an actor with a job": (
        "film.toml",
        'person = "booder"',
        'person = "booder"\njobs = ["writer"]',
        'film.toml: cast[n].jobs: expected at most 0, in "cast-booder"',
    ),
    "a fact that says nothing": (
        "film.toml",
        'value_fr = "Automne 2009"\nvalue_en = "Autumn 2009"\n',
        "",
        "film.toml: fact[n].value_fr: required, because there is neither a date nor an address, "
        'in "saison-du-tournage"',
    ),
    "a source that contradicts its press item": (
        "sources.toml",
        'date = "2011-05-02"',
        'date = "2011-05-03"',
        'sources.toml: source "imdb-avis".date: expected 2011-05-02, as in its press item (got 2011-05-03)',
    ),
}
