"""What every part keeps: who may import whom, words for every refusal, the schema equal to the models."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from alembic import command

from sdg_tracker import app
from sdg_tracker.dossier import outputs as dossier
from sdg_tracker.foundation import errors
from sdg_tracker.foundation.db import alembic_config
from sdg_tracker.foundation.resources import resource_dir
from sdg_tracker.impact import outputs as impact
from sdg_tracker.work import LibraryOwned, Workplace

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "sdg_tracker").rglob("*.py"))
PROBLEMS = {"Problem", "Forbidden", "NotFound", "Conflict", "Invalid"}

assert app.PARTS
for module in sorted((ROOT / "sdg_tracker").rglob("[!_]*.py")):
    import_module(".".join(module.relative_to(ROOT).with_suffix("").parts))  # what it says is known once it is loaded


def test_imports_go_downwards_only() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_what_seals_or_checks_a_seal_loads_the_libraries_for_it() -> None:
    """They take a second to load; the modules are loaded by name where there is something to seal or to check."""
    libraries = {"pyhanko", "pyhanko_certvalidator", "cryptography", "asn1crypto", "aiohttp"}
    ours = {"sealing", "signatures", "keys", "later"}
    for path in SOURCES:
        imported = [name for node in ast.walk(ast.parse(path.read_text("utf-8"))) for name in _imported(node)]
        if path.parent.name != "editions" or path.stem not in ours:
            assert not {name.partition(".")[0] for name in imported} & libraries, path.name
            assert not {f"sdg_tracker.editions.{name}" for name in ours} & set(imported), path.name


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def test_every_refusal_has_words() -> None:
    raised = {code: path.name for path in SOURCES for code in _codes(ast.parse(path.read_text("utf-8")))}
    assert len(raised) > 20
    assert {code: where for code, where in raised.items() if code not in errors.known_codes()} == {}


def _codes(tree: ast.AST) -> list[str]:
    return [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in PROBLEMS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def test_the_schema_equals_the_models(workplace: Workplace) -> None:
    command.check(alembic_config(workplace.engine))


def test_every_row_of_a_library_can_be_told_from_its_neighbours() -> None:
    tables = {cls.__tablename__ for cls in LibraryOwned.__subclasses__() if hasattr(cls, "__tablename__")}
    assert {"activity", "mapping", "evidence", "version", "tie", "cycle", "branch", "event"} <= tables


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_goes_round_the_filter_of_libraries(path: Path) -> None:
    """Core statements on tables and written SQL would not get the filter; only the database module may use SQL."""
    if path.name in ("db.py", "models.py"):
        return
    tree = ast.parse(path.read_text("utf-8"))
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not attributes & {"__table__", "exec_driver_sql"}
    assert not [node for node in ast.walk(tree) if _is_text(node)]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "sa.text"


def test_no_template_has_inline_script_or_style() -> None:
    for path in sorted(resource_dir("templates").rglob("*.html")):
        if "print" in path.parts:
            continue
        text = path.read_text("utf-8")
        for forbidden in (' style="', "<style", "onclick=", "hx-on", "javascript:"):
            assert forbidden not in text, f"{path.name} has {forbidden}"
        assert "<script>" not in text, path.name


def test_a_process_that_makes_a_file_loads_no_database() -> None:
    outputs = [output for kind in (dossier.KIND, impact.KIND) for output in kind.outputs]
    loads = "; ".join(f"import {module}" for module in ("sdg_tracker.output", *(output.module for output in outputs)))
    program = (
        f"import sys; {loads}; print([name for name in ('sqlalchemy', 'flask', 'alembic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_models_of_a_part_can_be_used_whichever_a_process_has_loaded() -> None:
    program = "import sys, sdg_tracker.evidence.people_models as one; one.Consent(); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n", "only those who migrate load what it takes"
