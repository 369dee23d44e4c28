"""Random programs: a person, an agent and BooCode at work in one small repository, with deaths at named points.

python -m tests.programs --count 2000        as `make safety` does
python -m tests.programs --seed 417          one again, step by step
python -m tests.programs --program "…"       a program as it was printed

operations   what a program is made of, and how it is written down
writing      a seed → a program
hands        what people and agents do to files
pictures     what is on the disk and in git at one time
oracle       what may never happen between two pictures
worker       the process that runs the real worktree owner, and that dies
desk         the driver's side of the worker: asks, kills, starts again
workplace    the repository of one program
performing   a program, operation by operation
shortening   a failing program with all that does not matter taken out
runner       many programs on a few processes with one PostgreSQL
"""
