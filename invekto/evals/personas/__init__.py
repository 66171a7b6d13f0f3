"""Simulated customers: `invekto eval personas FILES…`.

persona    what a persona's file may say
manners    how somebody types: hurried, in bursts, in capitals; moods
customer   the customers: by rules, or by the configured model
talks      a persona's whole conversation with the engine
scoring    final state first, pass^k over k conversations
"""
