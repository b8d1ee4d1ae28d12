"""Pages between a form and its saving: they carry what was submitted, and lead back to the form as typed."""

from django.http import HttpRequest

#: The name of the button that leads back.
BACK = "back_to_form"
_NEVER_CARRIED = {BACK, "csrfmiddlewaretoken"}


def submitted_fields(request: HttpRequest, *left_out: str) -> list[tuple[str, str]]:
    """Return every submitted field but ``left_out``, for hidden inputs."""
    without = _NEVER_CARRIED | set(left_out)
    return [(name, value) for name, values in request.POST.lists() if name not in without for value in values]


def is_going_back(request: HttpRequest) -> bool:
    """Tell whether the person wants the form again, as they typed it, and nothing saved."""
    return request.method == "POST" and BACK in request.POST
