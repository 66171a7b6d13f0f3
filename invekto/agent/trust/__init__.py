"""The trust curve: when an intent may answer by itself, and when it may not any more.

The claim, for one cell (tenant, predicted intent, language, answer path, behaviour version,
pre-declared confidence threshold): if the chance that a reviewer judges the reply wrong is, given
the past, at least ε at every counted reply, then the chance that the cell ever becomes automatic
is at most δ, however often it is looked at. It does not bound the error after a drift, errors
that reviewers miss, or all cells together; audits, demotion and seeded drafts are for those.

    rules       what is fixed beforehand: ε by risk, δ, thresholds, ramp, audits
    betting     the test of one threshold: capital that grows only on right replies
    admission   what a verdict counts for
    reviewers   whose approval counts, and how many errors reviewers catch
    cell        state of a cell, folded from verdicts; the order of thresholds, ramp, demotion
    ledger      the fold over a whole log, as the database does it row by row
    decision    suggest or automatic, for one message
    explain     where a cell stands, in a sentence
    evidence    verdicts into the database
    deciding    decisions out of it
    simulate    thousands of cells with known truth
"""
