"""The engines by name; each one's library is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from storage.engines.contract import Drawn
from storage.engines.source import Source
from workflows.draw.quota import Quota
from workflows.errors import BadInput

# engine -> the extra that brings its library
ENGINES = {
    "python": "engines",
    "duckdb": "engines",
    "datafusion": "engines",
    "postgresql": "postgresql",
    "spark": "spark",
}


def draw(
    engine: str,
    source: Source,
    key: str,
    quotas: Mapping[str, Quota],
    extras: Mapping[str, str] = ENGINES,
) -> dict[str, Drawn]:
    """Stratum -> what is drawn; which engine draws makes no difference. BadInput where its library is missing."""
    try:
        result: dict[str, Drawn] = import_module(f"storage.engines.{engine}").draw(source, key, quotas)
    except ImportError as error:
        raise BadInput(
            f"还没有安装 {engine} 所需的组件，请先运行：pip install 'suijian[{extras[engine]}]'"
        ) from error
    return result
