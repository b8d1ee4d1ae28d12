"""The names, places and devices that a made-up organisation is made of."""

from typing import Final

_FIRST: Final = """
María/maria Carmen/carmen Ana/ana Isabel/isabel Laura/laura Cristina/cristina Marta/marta
Lucía/lucia Elena/elena Sofía/sofia Paula/paula Raquel/raquel Irene/irene Nuria/nuria Rocío/rocio
Pilar/pilar Alba/alba Julia/julia Beatriz/beatriz Teresa/teresa Antonio/antonio Manuel/manuel
José/jose Francisco/francisco David/david Juan/juan Javier/javier Daniel/daniel Carlos/carlos
Miguel/miguel Alejandro/alejandro Rafael/rafael Pablo/pablo Sergio/sergio Jorge/jorge
Alberto/alberto Diego/diego Adrián/adrian Álvaro/alvaro Iván/ivan Óscar/oscar Rubén/ruben
Andrés/andres Hugo/hugo Mateo/mateo Emma/emma Olivia/olivia Noah/noah Liam/liam Grace/grace
"""
_LAST: Final = """
García/garcia González/gonzalez Rodríguez/rodriguez Fernández/fernandez López/lopez
Martínez/martinez Sánchez/sanchez Pérez/perez Gómez/gomez Martín/martin Jiménez/jimenez Ruiz/ruiz
Hernández/hernandez Díaz/diaz Moreno/moreno Muñoz/munoz Álvarez/alvarez Romero/romero Alonso/alonso
Gutiérrez/gutierrez Navarro/navarro Torres/torres Domínguez/dominguez Vázquez/vazquez Ramos/ramos
Gil/gil Ramírez/ramirez Serrano/serrano Blanco/blanco Molina/molina Morales/morales Suárez/suarez
Ortega/ortega Delgado/delgado Castro/castro Ortiz/ortiz Rubio/rubio Marín/marin Sanz/sanz
Núñez/nunez Iglesias/iglesias Medina/medina Garrido/garrido Cortés/cortes Castillo/castillo
Santos/santos Lozano/lozano Guerrero/guerrero Cano/cano Prieto/prieto Méndez/mendez Cruz/cruz
Calvo/calvo Gallego/gallego Vidal/vidal León/leon Márquez/marquez Herrera/herrera Peña/pena
Flores/flores Cabrera/cabrera Campos/campos Vega/vega Fuentes/fuentes Smith/smith Jones/jones
Brown/brown Taylor/taylor Silva/silva Rossi/rossi
"""


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Return each name as people write it, and as it stands in an address."""
    return tuple(
        (written, plain) for written, _slash, plain in (each.partition("/") for each in text.split())
    )


FIRST_NAMES: Final = _pairs(_FIRST)
LAST_NAMES: Final = _pairs(_LAST)
DEPARTMENT_NAMES: Final = (
    "Dirección",
    "Finanzas",
    "Tesorería",
    "Contabilidad",
    "Compras",
    "Ventas",
    "Soporte",
    "Atención",
    "Logística",
    "Almacén",
    "Producción",
    "Calidad",
    "Ingeniería",
    "Plataforma",
    "Datos",
    "Seguridad",
    "Personal",
    "Formación",
    "Legal",
    "Comunicación",
)
ROLE_NAMES: Final = (
    ("lectura", "Lectura"),
    ("edicion", "Edición"),
    ("aprobacion", "Aprobación"),
    ("consulta", "Consulta"),
    ("gestion", "Gestión"),
    ("revision", "Revisión"),
    ("informes", "Informes"),
    ("operacion", "Operación"),
    ("facturacion", "Facturación"),
    ("configuracion", "Configuración"),
)
_WEBKIT: Final = "AppleWebKit/537.36 (KHTML, like Gecko)"
#: Client, device name, platform, user agent.
DEVICES: Final = (
    ("app-android", "Pixel 9", "Android 16", "Authsite-App/4.2 (Android 16; Pixel 9)"),
    ("app-android", "Galaxy S25", "Android 15", "Authsite-App/4.2 (Android 15; SM-S931B)"),
    ("app-android", "Redmi Note 14", "Android 14", "Authsite-App/4.1 (Android 14; 24094RAD4G)"),
    ("app-android", "Moto G85", "Android 14", "Authsite-App/4.0 (Android 14; moto g85)"),
    ("app-ios", "iPhone 16", "iOS 19.1", "Authsite-App/4.2 (iOS 19.1; iPhone17,3)"),
    ("app-ios", "iPhone 14", "iOS 18.6", "Authsite-App/4.2 (iOS 18.6; iPhone14,7)"),
    ("app-ios", "iPad Air", "iPadOS 19.0", "Authsite-App/4.1 (iPadOS 19.0; iPad14,8)"),
    ("web", "Firefox", "Windows", "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("web", "Firefox", "Linux", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
    ("web", "Chrome", "Windows", f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/141.0.0.0"),
    ("web", "Safari", "macOS", f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Version/19.0"),
)
#: What guesses passwords, as it calls itself.
GUESSERS: Final = ("python-requests/2.32.3", "curl/8.5.0", "Go-http-client/2.0")
