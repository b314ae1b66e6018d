"""The configuration: every option with its default and one sentence, checked strictly.

`config.example.toml` is rendered from here, and `fodspor init` writes the same.
"""

from scanner.config.example import example
from scanner.config.loading import find_config, load_config
from scanner.config.mistakes import ConfigError
from scanner.config.place import PlaceTable
from scanner.config.tables import FOLDERS, Config, model_of

__all__ = [
    "FOLDERS",
    "Config",
    "ConfigError",
    "PlaceTable",
    "example",
    "find_config",
    "load_config",
    "model_of",
]
