"""How a video is written into a page: one module a form, found by its name here."""

from __future__ import annotations

from explainers.errors import UsageError
from explainers.site.engines import Engine
from explainers.site.forms import astro, html, hugo, jekyll, mdx, nextjs, poster_link, quarto, sphinx
from explainers.site.forms.base import Context, Form

FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        poster_link.FORM,
        html.FORM,
        hugo.FORM,
        jekyll.FORM,
        astro.FORM,
        mdx.FORM,
        quarto.FORM,
        sphinx.FORM,
        nextjs.TOKEN,
        nextjs.ANIMATED,
    )
}

__all__ = ["FORMS", "Context", "Form", "form_for"]


def form_for(engine: Engine, suffix: str, name: str | None = None) -> Form:
    """The form of a page of this engine: the named one, or the engine's first that fits the page.

    UsageError where the named form does not exist or can't be written into such a page.
    """
    if name:
        if name not in FORMS:
            raise UsageError(f"no form {name!r}; forms: {', '.join(FORMS)}")
        if not FORMS[name].fits(suffix):
            raise UsageError(f"the form {name} can't be written into a {suffix} page")
        return FORMS[name]
    for candidate in (*engine.forms, "mdx", "sphinx", "poster-link"):
        if FORMS[candidate].fits(suffix):
            return FORMS[candidate]
    raise UsageError(
        f"no form for a {suffix or 'nameless'} page; for built HTML there is `explainers embed inject`"
    )
