"""Policy profiles (监管制度方案): the rules each jurisdiction works under, read from data files."""

from workflows.policy.parse import parse_profile
from workflows.policy.profile import Profile, Rule

__all__ = ["Profile", "Rule", "parse_profile"]
