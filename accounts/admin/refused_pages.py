"""What the admin answers where its reader may not go, or where nothing is: a way back, in the usual frame."""

from http import HTTPStatus
from typing import Literal

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def refused_page(
    request: HttpRequest, *, status: Literal[HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND]
) -> HttpResponse:
    """Say what is the matter, and who can help."""
    if status == HTTPStatus.FORBIDDEN:
        title = _("You may not do this")
        says = _("None of your roles opens this page or this action. Ask whoever manages roles here.")
    else:
        title = _("Not found")
        says = _("There is nothing at this address, or nothing that you may see.")
    context = admin.site.each_context(request) | {"title": title, "says": says}
    return render(request, "admin/refused.html", context, status=status)
