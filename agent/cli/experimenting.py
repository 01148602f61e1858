"""`folkmap experiment`: who gets what, how many people it takes, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from agent.cli.shared import JsonOption, RunOption, print_json
from agent.settings import LabelSettings

if TYPE_CHECKING:
    from agent.experiment.sizing import Design, Outcome
    from agent.segment_agent import SegmentAgent

app = typer.Typer(
    help="Test something on segments: assign users to arms, size the test, read its outcomes.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

MIN_GROUP = LabelSettings().min_group
MinGroup = Annotated[int, typer.Option(min=2, help="Nothing is told about fewer people.")]
Alpha = Annotated[
    float, typer.Option(min=1e-6, max=0.5, help="Chance of calling no effect one, all told.")
]
Segments = Annotated[
    list[str] | None,
    typer.Option("--segment", metavar="SEGMENT", help="Only this one, by id or name; repeat."),
]


@app.command()
def assign(
    run: RunOption,
    name: Annotated[str, typer.Option(help="The experiment's name: it decides who gets what.")],
    to: Annotated[Path, typer.Option(help="CSV to write: user_id, segment, arm, share.")],
    arm: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=WEIGHT]", help="An arm; repeat. Without any: control, treatment."
        ),
    ] = None,
    holdout: Annotated[
        float,
        typer.Option(min=0, max=0.9, help="Share of users in no experiment, always the same ones."),
    ] = 0.0,
    segment: Segments = None,
    min_group: MinGroup = MIN_GROUP,
    as_json: JsonOption = False,
) -> None:
    """Assign the users of a run to arms by a salted hash, at random within every segment.

    The same name gives the same user the same arm, also after a rebuild.
    """
    from collections import Counter

    from agent.experiment.assigning import Plan, write_assignment
    from agent.experiment.assigning import assign as assign_users

    agent = _open(run)
    plan = Plan.of(name, arm or ["control", "treatment"], holdout)
    assigned = assign_users(_strata(agent, segment), plan, min_group=min_group)
    users = write_assignment(to, assigned, plan)
    arms = Counter(one.arm for one in assigned)
    cells = Counter((one.segment, one.arm) for one in assigned)
    told = {
        "name": plan.name,
        "to": str(to),
        "users": users,
        "arms": [{"arm": a, "share": s, "users": arms[a]} for a, s in plan.shares.items()],
        "segments": [
            {"segment": s, "arms": {a: cells[s, a] for a in plan.shares}}
            for s in sorted({one.segment for one in assigned})
        ],
    }
    if as_json:
        print_json(told)
        return
    print(f"{users:,} users in {to}: " + ", ".join(f"{n:,} {a}" for a, n in arms.most_common()))
    print(f"\nLater: folkmap experiment read {to} OUTCOMES --run {run}")


@app.command()
def size(
    baseline: Annotated[
        float | None, typer.Option(help="A rate as it is today, such as .04.")
    ] = None,
    sd: Annotated[
        float | None, typer.Option(help="For a mean: its standard deviation among users.")
    ] = None,
    difference: Annotated[
        float | None, typer.Option(help="What it is to move by, such as .005: how many it takes.")
    ] = None,
    users: Annotated[
        int | None, typer.Option(min=2, help="Users in all arms together: what they can show.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option("--run", help="What each segment of a run can show.")
    ] = None,
    segment: Segments = None,
    arms: Annotated[int, typer.Option(min=2, help="Arms of equal size.")] = 2,
    alpha: Alpha = 0.05,
    power: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="Chance of seeing an effect that is there.")
    ] = 0.8,
    as_json: JsonOption = False,
) -> None:
    """How many users a test takes, or the smallest effect that the users there are can show."""
    from agent.experiment.sizing import Design, Mean, Rate

    if (difference, users, run).count(None) != 2:
        raise typer.BadParameter(
            "name one of --difference, --users and --run", param_hint="--difference"
        )
    outcome: Outcome
    if baseline is not None and sd is None:
        outcome = Rate(baseline)
    elif sd is not None and baseline is None:
        outcome = Mean(sd)
    else:
        raise typer.BadParameter("for a rate, or --sd for a mean", param_hint="--baseline")
    design = Design(alpha=alpha, power=power, comparisons=arms - 1)
    told: dict[str, object]
    if difference is not None:
        each = outcome.users_for(difference, design)
        told = {"users_per_arm": each, "users": each * arms}
        lines = [f"{each:,} users an arm, {each * arms:,} in all"]
    elif users is not None:
        smallest = outcome.detectable(users // arms, design)
        told = {"users": users, "detectable": smallest}
        lines = [f"{users:,} users show: {_shown(smallest)}"]
    else:
        assert run is not None
        told, lines = _by_segment(_strata(_open(run), segment), outcome, design, arms)
    if as_json:
        print_json(told)
        return
    print("\n".join(lines))


@app.command()
def read(
    assigned: Annotated[Path, typer.Argument(help="The file that `assign` wrote.")],
    outcomes: Annotated[Path, typer.Argument(help="Outcomes: a user and a number a row.")],
    run: Annotated[
        Path | None, typer.Option("--run", help="The run, for the segments' names.")
    ] = None,
    value: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The outcome's column.")
    ] = None,
    user: Annotated[str | None, typer.Option(metavar="COLUMN", help="The user's column.")] = None,
    kind: Annotated[
        Literal["rate", "mean"] | None,
        typer.Option(help="Without: a rate where every outcome is 0 or 1."),
    ] = None,
    missing: Annotated[
        Literal["zero", "drop"],
        typer.Option(help="Assigned users without an outcome: counted as 0, or left out."),
    ] = "zero",
    against: Annotated[
        str | None, typer.Option(help="The arm to compare with; control, else the holdout.")
    ] = None,
    alpha: Alpha = 0.05,
    min_group: MinGroup = MIN_GROUP,
    as_json: JsonOption = False,
) -> None:
    """Read the outcomes back: the lift of every arm, over everybody and in each segment."""
    from agent.experiment.outcomes import observe
    from agent.experiment.report import read_effects

    names = {card.id: card.name for card in _open(run).segments()} if run is not None else {}
    observed = observe(assigned, outcomes, value=value, user=user, kind=kind, missing=missing)
    report = read_effects(
        observed, baseline=against, confidence=1 - alpha, min_group=min_group, names=names
    )
    if as_json:
        print_json(report.model_dump(mode="json"))
        return
    print(report)


def _strata(agent: SegmentAgent, wanted: list[str] | None) -> dict[str, str]:
    """User → leaf segment; all users, or those of the segments asked for."""
    from agent.experiment.assigning import NO_SEGMENT

    if not wanted:
        leaves = [card.id for card in agent.segments() if card.level == 1]
    else:
        chosen = {agent.segment(one).id for one in wanted}
        leaves = [c.id for c in agent.segments() if c.level == 1 and {c.id, c.parent} & chosen]
    found = {m.user_id: leaf for leaf in leaves for m in agent.members(leaf)}
    if not wanted:
        found |= {user: NO_SEGMENT for user in agent.users() if user not in found}
    return found


def _by_segment(
    segments: dict[str, str], outcome: Outcome, design: Design, arms: int
) -> tuple[dict[str, object], list[str]]:
    """What everybody and each segment can show, as JSON and as lines."""
    from collections import Counter
    from dataclasses import replace

    sizes = Counter(segments.values())
    within = replace(design, comparisons=design.comparisons * len(sizes))
    whole = outcome.detectable(sizes.total() // arms, design)
    each = {segment: outcome.detectable(n // arms, within) for segment, n in sizes.most_common()}
    told: dict[str, object] = {
        "users": sizes.total(),
        "detectable": whole,
        "segments": [{"segment": s, "users": sizes[s], "detectable": d} for s, d in each.items()],
    }
    lines = [
        f"everybody ({sizes.total():,} users): {_shown(whole)}",
        *(f"{segment} ({sizes[segment]:,}): {_shown(d)}" for segment, d in each.items()),
        f"\nWith {arms} arms of equal size; for segments after a correction for "
        f"{within.comparisons} comparisons.",
    ]
    return told, lines


def _open(run: Path) -> SegmentAgent:
    from agent.segment_agent import SegmentAgent

    return SegmentAgent.open(run)


def _shown(difference: float | None) -> str:
    return "nothing, they are too few" if difference is None else f"{difference:.3g} and more"
