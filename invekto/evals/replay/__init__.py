"""`invekto replay TENANT FILE`: past conversations through a version of the assistant, without
sending or writing anything.

    past       the file: messages as CSV, JSON or JSON Lines
    staging    one turn as it would have stood then
    likeness   how a draft differs from what the agents wrote
    autonomy   the trust curve run on the verdicts that follow from it
    replaying  all of it, and the report
    telling    the report for a person
"""
