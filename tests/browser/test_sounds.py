"""The sounds of triggers: what they are made of, and where they are heard."""

import math
import re
import struct
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, Route, expect

from shared.wire.setting_rules import BUILT_IN_SOUNDS
from tests.browser.axe import grave_findings
from tests.browser.conftest import Services, go, hears, load, opened_page
from tests.browser.console_page import console_page
from tests.browser.play_page import PlayPage, button, game_of, room_with
from tests.flow.play import viewers
from tests.waiting import has_any, until

RATE: Final = 22_050  # Hz
UPLOADED: Final = "0123456789abcdef" * 2
RENDER: Final = """async ([names, every, volume]) => {
  const { BUILT_INS, limiter, synthesise } = await import("/assets/web/common/sounds.js");
  const context = new OfflineAudioContext(1, 22050 * 4, 22050);
  const output = limiter(context, volume);
  let end = 0;
  for (const [n, name] of names.entries()) end = synthesise(context, output, name, n * every);
  const samples = (await context.startRendering()).getChannelData(0);
  const peak = (part) => part.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return { BUILT_INS, end, loud: peak(samples), after: peak(samples.slice((end + 0.1) * 22050)) };
}"""
# What is heard of a sound that was turned off, once sounds are turned on again.
CUT_OFF: Final = """async () => {
  const { SoundPlayer } = await import("/assets/web/common/sound_player.js");
  const { connect } = AudioNode.prototype;
  let ear;
  AudioNode.prototype.connect = function (...places) {
    if (places[0] === this.context.destination) {
      ear ??= new AnalyserNode(this.context, { fftSize: 2048 });
      connect.call(this, ear);
    }
    return connect.apply(this, places);
  };
  const samples = new Float32Array(2048);
  const loud = () => {
    ear.getFloatTimeDomainData(samples);
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  };
  const becomes = async (holds) => {
    while (!holds()) await new Promise(requestAnimationFrame);
  };
  const player = new SoundPlayer();
  await player.turnOn();
  player.play("chime");
  await becomes(() => loud() > 0.05);
  player.turnOff();
  await player.turnOn();
  const { currentTime } = ear.context;
  await becomes(() => ear.context.currentTime > currentTime + 0.2);
  AudioNode.prototype.connect = connect;
  return loud();
}"""
# How often a sound is asked for while there is an outage, and the room changes.
IN_AN_OUTAGE: Final = """async (id) => {
  const { SoundPlayer } = await import("/assets/web/common/sound_player.js");
  let asked = 0;
  window.fetch = async () => {
    asked += 1;
    return new Response("", { status: 503 });
  };
  const player = new SoundPlayer();
  player.turnOn();
  for (let change = 0; change < 20; change++) {
    player.prepare([id]);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return asked;
}"""
# Notes what starts to sound, and what that waits for, before any script of the page runs. Contexts
# begin suspended, as specified; Chromium is ahead of that where it may.
SPY: Final = """
  window.started = [];
  for (const kind of [OscillatorNode, AudioBufferSourceNode]) {
    const { start } = kind.prototype;
    kind.prototype.start = function (...times) {
      started.push(this.buffer ? this.buffer.duration : this.type);
      return start.apply(this, times);
    };
  }
  const { resume } = AudioContext.prototype;
  AudioContext.prototype.resume = async function () {
    await resume.call(this);
    await new Promise((resolve) => setTimeout(resolve));
    this.maySound = window.maySound = true;
  };
  const state = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, "state");
  Object.defineProperty(AudioContext.prototype, "state", {
    get() {
      return this.maySound ? state.get.call(this) : "suspended";
    },
  });
  const { decodeAudioData } = BaseAudioContext.prototype;
  BaseAudioContext.prototype.decodeAudioData = function (file) {
    return decodeAudioData.call(this, file).finally(() => (window.hasLoaded = true));
  };
"""
HIDE: Final = """
  Object.defineProperty(document, "hidden", { value: true });
  document.dispatchEvent(new Event("visibilitychange"));
"""


def wav(seconds: float) -> bytes:
    """A tone as a file."""
    tone = [int(9_000 * math.sin(2 * math.pi * 440 * n / RATE)) for n in range(int(RATE * seconds))]
    samples = struct.pack(f"<{len(tone)}h", *tone)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI", b"RIFF", len(body)) + body


async def test_each_built_in_sound_is_heard_and_ends_and_no_crowd_of_them_hurts(
    services: Services, browser: Browser
) -> None:
    """Each is neither silent nor above the limit; fifty a second stay at the volume.

    What is turned off does not go on later. What does not load is not asked for at once again.
    """
    async with opened_page(browser) as page:
        await load(page, f"{services.api.url}/")
        for name in BUILT_IN_SOUNDS:
            heard = await page.evaluate(RENDER, [[name], 0, 1])
            assert tuple(heard["BUILT_INS"]) == BUILT_IN_SOUNDS
            assert 0.2 < heard["loud"] <= 1, name
            assert 0 < heard["end"] < 2, name
            assert heard["after"] < 0.005, name
        crowd = [BUILT_IN_SOUNDS[n % len(BUILT_IN_SOUNDS)] for n in range(100)]
        heard = await page.evaluate(RENDER, [crowd, 0.02, 0.5])
        assert 0.1 < heard["loud"] <= 0.5
        await page.mouse.click(1, 1)  # from here on the browser lets the page sound
        assert await page.evaluate(CUT_OFF) < 0.005
        assert await page.evaluate(IN_AN_OUTAGE, UPLOADED) == 1


async def test_the_overlay_plays_what_a_trigger_sounds_like(
    services: Services, browser: Browser
) -> None:
    """Where the browser lets it, a burst not too often, an uploaded sound too; nothing if asked."""
    one = {"base": 1, "min": 1, "max": 1}
    buttons = [
        button("wave", "Wave", sound="coin", **one),
        button("own", "Own", sound=UPLOADED, **one),
        button("calm", "Calm", **one),
    ]
    room = await room_with(services, buttons=buttons)
    async with (
        game_of(room),
        opened_page(browser) as page,
        viewers(services.api, 1) as (someone,),
    ):
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        await page.add_init_script(SPY)
        await page.route(f"**/api/media/{UPLOADED}", fulfil)
        await opened(page, f"{services.api.url}/overlay/{room.room_id}?volume=0.5")

        async def fire(event_type: str, times: int = 1) -> None:
            await someone.press(services.api, room.room_id, {event_type: times})

        await fire("own")  # nobody has touched the page, nor is this OBS
        await expect(page.locator(".burst-name")).to_have_text("Own!")
        await page.mouse.click(500, 100)
        await until(lambda: page.evaluate("window.maySound && window.hasLoaded"))
        await fire("wave", times=15)
        await fire("calm")
        await fire("own")
        await until(lambda: page.evaluate("started.some((sound) => sound > 0)"))
        burst = [sound for sound in await page.evaluate("started") if sound == "square"]
        assert 2 <= len(burst) < 2 * 15  # a coin is two tones
        await opened(page, f"{services.api.url}/overlay/{room.room_id}?sound=0")
        await page.mouse.click(500, 100)
        await fire("wave")
        await expect(page.locator(".burst-name")).to_have_text("Wave!")
        assert await has_started(page, [])
        assert said == []


async def fulfil(route: Route) -> None:
    """Answer with the uploaded sound."""
    await route.fulfill(body=wav(0.3), content_type="audio/wav")


async def opened(page: Page, address: str) -> None:
    """Open an overlay, and wait until it is drawn and hears of triggers."""
    await go(page, address)
    await expect(page.locator(".bar").first).to_be_visible()


async def test_a_streamer_chooses_sounds_and_viewers_turn_them_on(
    services: Services, browser: Browser
) -> None:
    """A built-in sound or one's own file, heard before it is saved; phones are silent at first."""
    async with (
        console_page(browser, services) as console,
        opened_page(browser, phone=True) as phone,
    ):
        page = console.page
        await page.add_init_script(SPY)
        await console.open_room("Sounds", triggers_per_minute=0)
        await console.start()
        await console.section("buttons")
        await console.open_button("Skill 1")
        card = console.row("Skill 1")
        field = console.field("buttons[0].sound")
        await field.select_option("chime")
        await until(lambda: has_started(page, ["sine"] * 3))
        # A hand is slower than the 80 ms within which the same sound does not sound again.
        await card.get_by_role("button", name="Listen").click(delay=150)
        await until(lambda: has_started(page, ["sine"] * 3))
        file = card.locator("input[accept*=audio]")
        for name, content, said in (
            ("chime.mp3", b"<svg onload=alert(1)>", "no MP3"),
            ("long.wav", wav(5), "larger than"),
            ("broken.mp3", b"ID3" + bytes(100), "cannot be played"),
        ):
            await file.set_input_files({"name": name, "mimeType": "", "buffer": content})
            await expect(card).to_contain_text(said)
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        await page.route("**/api/studio/media", hold)
        await file.set_input_files({"name": "late", "mimeType": "", "buffer": wav(0.2)})
        await until(lambda: has_any(held))
        await field.select_option("drum")
        async with page.expect_response("**/api/studio/media") as answer:
            await held[0].continue_()
        await (await answer.value).finished()
        await expect(field).to_have_value("drum")  # what was chosen last
        await page.evaluate("started.length = 0")
        await file.set_input_files({"name": "own", "mimeType": "", "buffer": wav(0.3)})
        await until(lambda: has_any(held[1:]))
        await held[1].continue_()
        await page.unroute("**/api/studio/media")
        await expect(field.locator("option:checked")).to_have_text("Own sound")
        await until(lambda: has_started(page, [pytest.approx(0.3, abs=0.01)]))
        await expect(card).not_to_contain_text("cannot be played")
        assert await grave_findings(page) == []
        await console.saved()
        await console.view("live")
        switch = page.get_by_role("button", name="Play the triggers' sounds here")
        await expect(switch).to_have_attribute("aria-pressed", "false")
        await switch.click()
        await expect(switch).to_have_attribute("aria-pressed", "true")

        await phone.add_init_script(SPY)
        await go(phone, f"{services.api.url}/play/{console.room_id}")
        switch = phone.get_by_role("button", name="Sounds of triggers")
        await expect(switch).to_have_attribute("aria-pressed", "false")
        viewer = PlayPage(phone)
        await viewer.press("Skill 1", 5)
        await until(lambda: has_started(page, [pytest.approx(0.3, abs=0.01)]))
        await viewer.announces("Skill 1!")
        assert await phone.evaluate("started") == []
        await phone.locator("#nudge-close").click()
        media = "**/api/media/*"
        await phone.route(media, lambda route: route.fulfill(status=503), times=1)
        async with phone.expect_response(media):
            await switch.click()
        await expect(switch).to_have_attribute("aria-pressed", "true")
        await viewer.press("Skill 1", 5)
        await until(lambda: phone.evaluate("window.hasLoaded"))
        await until(lambda: has_started(page, [pytest.approx(0.3, abs=0.01)]))
        await phone.evaluate("started.length = 0")  # it may have come too late to be played
        await viewer.press("Skill 1", 5)
        await until(lambda: has_heard(phone, 0.3))
        await phone.evaluate(HIDE)
        await console.tile("Skill 1").get_by_role("button", name="Fire once").click()
        await until(lambda: has_started(page, [pytest.approx(0.3, abs=0.01)] * 2))
        await expect(viewer.key("Skill 1")).to_have_accessible_name(re.compile("fired 4 times"))
        assert await phone.evaluate("started") == []
        async with hears(phone):
            await phone.reload()
        await expect(switch).to_have_attribute("aria-pressed", "true")
        await viewer.press("Skill 1", 5)
        await until(lambda: phone.evaluate("window.hasLoaded"))
        await viewer.press("Skill 1", 5)
        await until(lambda: has_heard(phone, 0.3))


async def has_heard(page: Page, lasts: float) -> bool:
    """Whether a sound of this length (s), among others, has begun since this was last so."""
    if pytest.approx(lasts, abs=0.01) not in await page.evaluate("started"):
        return False
    await page.evaluate("started.length = 0")
    return True


async def has_started(page: Page, sounds: list[Any]) -> bool:
    """Whether exactly these have begun to sound since this was last so."""
    if await page.evaluate("started") != sounds:
        return False
    await page.evaluate("started.length = 0")
    return True
