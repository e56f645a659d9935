"""Storyboard, kinds and assets become a plan: typed params, absolute frames, everything looked up."""

from explainers.plan.load import load_plan, storyboard_of, variants
from explainers.plan.model import OWN, ChapterPlan, CuePlan, Plan, TransitionPlan, Variant

__all__ = [
    "OWN",
    "ChapterPlan",
    "CuePlan",
    "Plan",
    "TransitionPlan",
    "Variant",
    "load_plan",
    "storyboard_of",
    "variants",
]
