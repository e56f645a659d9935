"""Storyboard, kinds and assets become a plan: typed params, absolute frames, everything looked up."""

from explainers.plan.load import load_plan
from explainers.plan.model import ChapterPlan, CuePlan, Plan, TransitionPlan

__all__ = ["ChapterPlan", "CuePlan", "Plan", "TransitionPlan", "load_plan"]
