"""manage.py near_token_budget: whose token is over its audience's budget, or near it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from typing_extensions import override

from accounts.audiences.errors import ClaimSourceError, UnknownAudienceError
from accounts.audiences.models import Audience
from accounts.explanations.budget.near_budget import NearBudget, people_near_budget


class Command(BaseCommand):
    """Lists people by audience, the longest tokens first; fails where somebody gets no token."""

    help = (
        "List whose token is over its audience's budget, or within a tenth of it."
        " Exits with 1 where somebody gets no token."
    )

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--audience", help="the code of one audience; without it, all in force")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        codes = [options["audience"]] if options["audience"] else _in_force()
        without = sum([self._tell(_look(code)) for code in codes])
        if without:
            raise CommandError(f"{without} get no token: raise a budget, or take away what they do not need")

    def _tell(self, found: NearBudget) -> int:
        self.stdout.write(f"{found.audience}: budget {found.budget} bytes, {len(found.people)} near it")
        for each in found.people:
            largest = ", ".join(f"{claim.name} {claim.bytes}" for claim in each.largest)
            over = "  NO TOKEN" if each.is_over else ""
            self.stdout.write(f"  {each.person}  {each.bytes} bytes  {each.percent} %  {largest}{over}")
        for person in found.failing:
            self.stdout.write(f"  {person}  a claim source fails  NO TOKEN")
        if found.left_out:
            self.stdout.write(
                f"  {found.left_out} more may be near; only the longest estimates were computed"
            )
        if found.unestimated:
            self.stdout.write(f"  not estimated: {', '.join(found.unestimated)}; people may be missing")
        return sum(each.is_over for each in found.people) + len(found.failing)


def _in_force() -> list[str]:
    return list(Audience.objects.in_force().order_by("code").values_list("code", flat=True))


def _look(code: str) -> NearBudget:
    try:
        return people_near_budget(code, viewer=None, now=timezone.now())
    except (UnknownAudienceError, ClaimSourceError) as error:
        raise CommandError(str(error)) from error
