"""Simulated callers: whether people get where they want to, not only whether the line keeps its rules.

A caller is a value drawn from a model (`population`), with a task in the head (`tasks`, its data in
`tasks.toml`). It chooses by the words that it hears and by nothing else (`sentences`, `misheard`,
`choosing`): which key leads where is known to the oracle alone (`reached`), which tells afterwards
whether the words that the task needs were heard, or the right desk rang.

    tasks.py        what people ring for, in their own words; read from tasks.toml
    population.py   callers, drawn from a model with its sources
    sentences.py    what is heard, cut into sentences with their seconds and the keys that they name
    misheard.py     what comes through of a sentence, by what `flask line hear` measured
    choosing.py     the caller's mind: compare, remember, forget, go back, give up; pure
    reached.py      the oracle: was what the task needs heard, or did the right desk ring?
    answers_kept.py the line's answers, kept where they have been asked for before
    attempt.py      one caller, one task, one call
    outcomes.py     what came of all calls: the table and the JSON

Everything follows from the seed. It is no substitute for people: see docs/ja/listening-session.md.
"""
