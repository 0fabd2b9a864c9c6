"""Pages preload every module that they need."""

from __future__ import annotations

import pytest

from api_service.pages.preloading import with_preloads

PAGE = '<head>\n<script type="module" src="/assets/play/play.js"></script>\n</head>'


def test_everything_that_is_imported_is_named_once_and_before_the_script() -> None:
    """This holds for every form of import, from any folder, and for cycles."""
    modules = {
        "play/play.js": 'import { a } from "./a.js";\nimport "../b.js";\nconst c = "./no.js";\n',
        "play/a.js": 'export { b } from "../b.js";\n// import "./no.js"\n',
        "b.js": 'import {\n  c,\n} from "./parts/c.js";\n',
        "parts/c.js": 'import { a } from "../play/a.js";\n',
    }
    named = [line.split('"')[3] for line in with_preloads(PAGE, modules).splitlines()[1:-2]]
    assert named == ["/assets/play/a.js", "/assets/b.js", "/assets/parts/c.js"]


def test_a_module_that_is_not_there_is_found_out_at_the_start() -> None:
    with pytest.raises(KeyError, match=r"play/gone\.js"):
        with_preloads(PAGE, {"play/play.js": 'import "./gone.js";\n'})
