"""Pictures and sounds: asked of the user's model by the host, counted, bounded, in a run."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from actions.media._picture import as_sent
from actions.media.chart_to_png import chart_to_png
from actions.media.read_image_text import read_image_text
from dynasaur.config import Settings
from dynasaur.errors import ConfigError, ModelError
from dynasaur.hosting.means import Means
from dynasaur.hosting.senses import senses
from dynasaur.models.catalog import resolve
from dynasaur.models.planner import PlannerModel
from dynasaur.types import Usage
from tests.builders.cli import dynasaur, script
from tests.builders.listener import Sensing
from tests.builders.scenes import QuietScene
from tests.builders.website import PNG


def wav() -> bytes:
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))
    return sink.getvalue()


@pytest.fixture
def scene(tmp_path: Path) -> QuietScene:
    (tmp_path / "red.png").write_bytes(PNG)
    (tmp_path / "said.wav").write_bytes(wav())
    (tmp_path / "said.flac").write_bytes(b"fLaC" + bytes(100))
    (tmp_path / "note.txt").write_text("no picture")
    return QuietScene(tmp_path)


def functions(
    scene: QuietScene, server: Sensing | None = None, *, model: str = "", **settings: Any
) -> Mapping[str, Any]:
    environ = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "k"} if server else {}

    def own() -> Any:
        return resolve(model, environ) if model else PlannerModel()

    return senses(scene, Means(scene.work, Settings(**settings), environ, own)).functions


# --- pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [True, False], ids=["vision_model", "the run's model"])
def test_a_picture_is_asked_about(scene: QuietScene, named: bool) -> None:
    with Sensing() as server:
        given = {"vision_model": "gpt-5.4-mini"} if named else {}
        look = functions(scene, server, model="gpt-5.4-mini", **given)["look_at_image"]
        assert look("red.png", "What colour?") == "a red pixel"
    assert (server.seen, server.asked) == ([("image/png", PNG)], ["What colour?"])
    assert server.models == ["gpt-5.4-mini"]
    (usage,) = scene.spent
    assert (usage.requests, usage.prompt_tokens, usage.completion_tokens) == (1, 1_000, 10)
    assert usage.cost is not None
    assert usage.cost > 0


def test_what_an_endpoint_does_not_count_is_estimated(scene: QuietScene) -> None:
    with Sensing(counts=False) as server:
        functions(scene, server, model="gpt-5.4-mini")["look_at_image"]("red.png", "What colour?")
    (usage,) = scene.spent
    assert usage.prompt_tokens > 1_000, "a picture is in it"
    assert 0 < usage.completion_tokens < 10


@pytest.mark.parametrize(
    ("path", "question", "kind", "said"),
    [
        ("note.txt", "What?", ValueError, "neither a PNG nor a JPEG"),
        ("red.png", " ", ValueError, "the question is empty"),
        ("red.png", "x" * 8_001, ValueError, "longer than 8,000 characters"),
        ("no.png", "What?", FileNotFoundError, "no.png"),
    ],
)
def test_what_is_no_question_about_a_picture(
    scene: QuietScene, path: str, question: str, kind: type[Exception], said: str
) -> None:
    with Sensing() as server, pytest.raises(kind, match=said):
        functions(scene, server, model="gpt-5.4-mini")["look_at_image"](path, question)
    assert server.asked == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, r"the model planner takes no images: .* the setting vision_model"),
        ({"model": "blind-model"}, r"blind-model is not known to see images: .*images = true"),
        (
            {"vision_model": "unpriced", "max_cost": 1.0},
            "what unpriced costs is not known, so --max-cost cannot be kept",
        ),
    ],
)
def test_a_model_that_cannot_be_asked(
    scene: QuietScene, settings: dict[str, Any], said: str
) -> None:
    model = settings.pop("model", "")
    with Sensing() as server, pytest.raises(ConfigError, match=said):
        functions(scene, server, model=model, **settings)["look_at_image"]("red.png", "What?")
    assert server.asked == []


def test_a_picture_that_the_endpoint_refuses(scene: QuietScene) -> None:
    with Sensing(status=400) as server, pytest.raises(ModelError):
        functions(scene, server, model="gpt-5.4-mini")["look_at_image"]("red.png", "What?")


# --- sounds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["said.wav", "said.flac"])
def test_a_recording_is_transcribed(scene: QuietScene, name: str) -> None:
    with Sensing("hello there ") as server:
        hear = functions(scene, server, audio_model="gpt-4o-mini-transcribe")["transcribe_audio"]
        assert hear(name, "Who speaks?") == "hello there"
    assert server.heard == [(name, (scene.work / name).read_bytes())]
    assert server.models == ["gpt-4o-mini-transcribe"]
    (usage,) = scene.spent
    assert (usage.prompt_tokens, usage.completion_tokens) == (50, 5)


@pytest.mark.parametrize(
    ("question", "asked"), [("", "Write down all that is said"), ("Who?", "Who?")]
)
def test_a_model_that_hears_is_asked(scene: QuietScene, question: str, asked: str) -> None:
    with Sensing("Ann") as server:
        hear = functions(scene, server, audio_model="gpt-audio")["transcribe_audio"]
        assert hear("said.wav", question) == "Ann"
    assert server.heard == [("wav", wav())]
    assert server.asked[0].startswith(asked)
    assert scene.spent == [Usage(1, 1_000, 10, cost=None)]


@pytest.mark.parametrize(
    ("path", "kind", "said"),
    [
        ("said.flac", ValueError, "gpt-audio hears MP3 and WAV alone"),
        ("note.txt", ValueError, "no recording that is known"),
    ],
)
def test_recordings_that_it_does_not_take(
    scene: QuietScene, path: str, kind: type[Exception], said: str
) -> None:
    with Sensing() as server, pytest.raises(kind, match=said):
        functions(scene, server, audio_model="gpt-audio")["transcribe_audio"](path)
    assert server.heard == []


def test_what_is_too_large_is_not_read(scene: QuietScene, monkeypatch: pytest.MonkeyPatch) -> None:
    from dynasaur.hosting import senses as room

    monkeypatch.setattr(room, "IMAGE", 10)
    monkeypatch.setattr(room, "SOUND", 10)
    given = functions(scene)
    with pytest.raises(ValueError, match="too large"):
        given["look_at_image"]("red.png", "What?")
    with pytest.raises(ValueError, match="too large"):
        given["transcribe_audio"]("said.wav")


# --- in a run -------------------------------------------------------------------------------------

LOOK = """
from pathlib import Path
Path('elsewhere').mkdir()
seen = look_at_image('red.gif', 'What colour?')
submit_final_answer([seen, sorted(path.name for path in Path().iterdir())])
"""


def gif() -> bytes:
    image = pytest.importorskip("PIL.Image")
    sink = io.BytesIO()
    image.new("RGB", (3, 2), "red").save(sink, "GIF")
    return sink.getvalue()


def test_a_run_looks_and_pays_for_it(tmp_path: Path) -> None:
    """In the default sandbox: converted there, read by the host, asked with the user's key."""
    (tmp_path / "red.gif").write_bytes(gif())
    with Sensing() as server:
        env = {
            "OPENAI_BASE_URL": server.url,
            "OPENAI_API_KEY": "k",
            "DYNASAUR_VISION_MODEL": "gpt-5.4-mini",
        }
        model = script(tmp_path, LOOK)
        run = ("run", "x", "--file", "red.gif", "--model", model, "--json")
        done = dynasaur(*run, cwd=tmp_path, env=env)
        assert done.json["answer"] == ["a red pixel", ["elsewhere", "red.gif"]], done.err
        ((kind, sent),) = server.seen
        assert (kind, sent[:8]) == ("image/png", PNG[:8])
        assert done.json["usage"]["prompt_tokens"] == 1_000
        twice = script(tmp_path, LOOK.replace("submit", "look_at_image('red.gif')\nsubmit"))
        few = ("--model", twice, "-q", "--max-tokens", "500")
        limited = dynasaur("run", "x", "--file", "red.gif", *few, cwd=tmp_path, env=env)
        assert limited.code == 4
        assert "1,010 of 500 tokens are used" in limited.err
        assert len(server.seen) == 2


def test_a_run_whose_model_cannot_is_told_what_a_user_may_set(tmp_path: Path) -> None:
    (tmp_path / "red.png").write_bytes(PNG)
    (tmp_path / "said.wav").write_bytes(wav())
    give_up = "submit_final_answer(None)"
    model = script(tmp_path, "look_at_image('red.png')", "transcribe_audio('said.wav')", give_up)
    files = ("--file", "red.png", "--file", "said.wav")
    done = dynasaur("run", "x", *files, "--model", model, "--plain", cwd=tmp_path)
    assert done.code == 0, done.err
    for setting in ("vision_model (DYNASAUR_VISION_MODEL)", "audio_model (DYNASAUR_AUDIO_MODEL)"):
        assert setting in " ".join(done.err.split())


# --- actions that need no model -------------------------------------------------------------------


def test_pictures_are_made_fit_to_be_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = pytest.importorskip("PIL.Image")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work").mkdir()
    image.new("RGB", (5_000, 100), "blue").save(tmp_path / "wide.bmp")
    (tmp_path / "broken.gif").write_bytes(gif()[:20])
    (tmp_path / "small.png").write_bytes(PNG)
    monkeypatch.chdir(tmp_path / "work")
    with as_sent("../wide.bmp") as name:
        assert Path(name).parent == Path()  # the host reads the work folder alone
        with image.open(name) as sent:
            assert (sent.format, sent.size) == ("PNG", (2_048, 41))
    with as_sent("../small.png") as name:
        assert Path(name).exists()
    Path("link.png").symlink_to("../small.png")
    with as_sent("link.png") as name:
        assert not Path(name).is_symlink()
    assert [path.name for path in Path().iterdir()] == ["link.png"]
    for path, kind in [("../broken.gif", ValueError), ("none.png", FileNotFoundError)]:
        with pytest.raises(kind), as_sent(path):
            pass
    with pytest.raises(FileNotFoundError, match="download_file"), as_sent("https://a.test/a.png"):
        pass


@pytest.mark.skipif(not shutil.which("tesseract"), reason="no Tesseract")
def test_text_in_a_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image, draw = pytest.importorskip("PIL.Image"), pytest.importorskip("PIL.ImageDraw")
    font = pytest.importorskip("PIL.ImageFont").load_default(48)
    page = image.new("RGB", (700, 120), "white")
    draw.Draw(page).text((20, 20), "Green tea 250", fill="black", font=font)
    monkeypatch.chdir(tmp_path)
    page.save("page.png")
    assert read_image_text("page.png") == "Green tea 250"
    with pytest.raises(ValueError, match="Tesseract cannot read"):
        read_image_text("page.png", "no-such-language")


def test_without_tesseract_a_model_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dynasaur import host

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    Path("page.png").write_bytes(PNG)
    with pytest.raises(host.NoHostError, match="look_at_image"):
        read_image_text("page.png")


def test_reading_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: Any, **more: Any) -> Any:
        raise subprocess.TimeoutExpired("tesseract", more["timeout"])

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda _: "tesseract")
    monkeypatch.setattr(subprocess, "run", late)
    Path("page.png").write_bytes(PNG)
    with pytest.raises(TimeoutError, match=r"page\.png took more than 120 s"):
        read_image_text("page.png")


ROWS: list[dict[str, Any]] = [
    {"tea": "a $x$ b", "price": "$2.50"},
    {"tea": None, "price": 3},
    {"tea": "c", "price": None},
]


@pytest.mark.parametrize("kind", ["bar", "line", "scatter", "pie", "histogram"])
def test_charts(tmp_path: Path, kind: str) -> None:
    pytest.importorskip("matplotlib")
    path = str(tmp_path / "chart.png")
    assert chart_to_png(ROWS, "price", "tea", kind, "In $ and $", path) == path
    assert Path(path).read_bytes().startswith(PNG[:8])


@pytest.mark.parametrize(
    ("rows", "column", "kind", "error", "said"),
    [
        (ROWS, "price", "radar", ValueError, "no chart 'radar'"),
        (ROWS, "cost", "bar", KeyError, "no column 'cost'; the columns are 'tea', 'price'"),
        (ROWS, "tea", "bar", ValueError, r"column 'tea', row 1: 'a \$x\$ b' is not a number"),
        ([], "price", "bar", ValueError, "no numbers to draw"),
        ([{"price": -1}], "price", "pie", ValueError, "no slices below zero"),
    ],
)
def test_charts_that_cannot_be_drawn(
    rows: list[dict[str, Any]], column: str, kind: str, error: type[Exception], said: str
) -> None:
    pytest.importorskip("matplotlib")
    with pytest.raises(error, match=said):
        chart_to_png(rows, column, kind=kind)
