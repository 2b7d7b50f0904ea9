"""Templates compile, and whatever they import or include is there."""

from flask import Flask
from jinja2 import nodes

from sdg_tracker.foundation.resources import resource_dir


def test_templates_compile_and_use_what_they_import(one_app: Flask) -> None:
    environment = one_app.jinja_env
    names = environment.list_templates(extensions=["html"])
    assert len(names) > 20
    compiled = set(names)
    for name in names:
        source = (resource_dir("templates") / name).read_text("utf-8")
        tree = environment.parse(source, name)
        environment.compile(tree, name)
        for found in tree.find_all(nodes.FromImport):
            imported = {part if isinstance(part, str) else part[1] for part in found.names}
            for part in imported:
                assert source.count(part) > 1, f"{name} imports {part} and does not use it"
        for target in set(_targets(tree)) - compiled:
            environment.get_template(target)


def _targets(tree: nodes.Template) -> list[str]:
    references = [*tree.find_all(nodes.Include), *tree.find_all(nodes.FromImport), *tree.find_all(nodes.Extends)]
    targets = [getattr(reference, "template", None) for reference in references]
    return [target.value for target in targets if isinstance(target, nodes.Const)]
