"""The WSGI application; importing it in a state that is unfit to serve ends the process."""

import os

from django.core.wsgi import get_wsgi_application

from authsite.startup import exit_if_unfit_to_serve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authsite.settings")

exit_if_unfit_to_serve()
application = get_wsgi_application()
