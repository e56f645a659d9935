"""Imported first by the process that workers are forked from: garbage is not looked for while it imports.

Imports make a great many objects that stay; looking through them again and again takes a tenth of the time.
`explainers.render.preload` looks for garbage again once all is there.
"""

import gc

gc.disable()
