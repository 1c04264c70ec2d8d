"""A class is opened: soon, with nothing from elsewhere, and nothing runs on its page that the server did not send."""

import resource
import time

import pytest

from helpers.windows import Window, opened

SOON = 5.0  # seconds from the command to the first picture, once the rulebook is compiled
TRIES = 4  # of both kinds: other tests keep both cores busy


def test_the_first_picture_is_there_soon_and_an_interrupt_ends_it_quietly(browser, tmp_path):
    """Soon by the clock; where others keep the cores busy, in time that the processor gave to it."""
    taken = []
    while len(taken) < TRIES and min(taken, default=SOON) >= SOON:
        begun, worked = time.monotonic(), children_worked()
        server = opened(tmp_path, "baseline")
        try:
            window = Window(browser, server.teacher).ready()
            taken.append(time.monotonic() - begun)
        finally:
            server.close()  # while its page goes on listening
        window.close()
        taken.append(children_worked() - worked)
        assert server.process.returncode in {0, 130}
        assert "Traceback" not in server.complaints()
    assert min(taken) < SOON, taken


def children_worked():
    """Seconds of processors that were taken by processes which this one has started and seen ending."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_token_leaves_the_address_bar(open_window):
    window = open_window().ready()
    assert "#" not in window.page.url
    assert window.page.url.endswith("/")


def test_every_file_of_the_page_comes_with_the_headers_that_keep_others_out(open_window, server):
    window = open_window().ready()
    answers = window.page.evaluate(
        """async () => {
          const asked = [location.pathname, ...performance.getEntriesByType('resource').map((one) => one.name)];
          return Promise.all(asked.filter((name) => !name.includes('/api/')).map(async (name) => {
            const answer = await fetch(name);
            return [name, Object.fromEntries(answer.headers)];
          }));
        }"""
    )
    assert len(answers) >= 8
    for name, headers in answers:
        assert headers["content-security-policy"].startswith("default-src 'none'"), name
        assert "frame-ancestors 'none'" in headers["content-security-policy"], name
        assert "unsafe" not in headers["content-security-policy"], name
        assert headers["x-content-type-options"] == "nosniff", name
        assert headers["referrer-policy"] == "no-referrer", name
        assert headers["cache-control"] == "no-store", name


@pytest.mark.parametrize(
    "smuggled",
    [
        "<img src=x onerror='window.ran = 1'>",
        "<style>body { display: none }</style>",
        "<iframe srcdoc='<script>parent.ran = 1</script>'></iframe>",
    ],
)
def test_what_is_smuggled_into_the_page_does_not_run(browser, server, smuggled):
    window = Window(browser, server.teacher).ready()
    window.page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", smuggled)
    window.page.wait_for_timeout(100)
    assert window.page.evaluate("() => [window.ran ?? null, getComputedStyle(document.body).display]") == [
        None,
        "block",
    ]
    assert window.complaints  # the browser says that it refused
    window.close()


def test_a_page_of_another_site_is_told_nothing(browser, server):
    """A pupil has some other page open: it may not read, nor ask, whatever token it has learnt."""
    window = Window(browser, server.teacher).ready()
    token = window.page.evaluate("() => sessionStorage.getItem('token')")
    other = window.context.new_page()
    other.goto("data:text/html,<p>another site</p>")
    told = other.evaluate(
        """async ([home, token]) => {
          const say = (promise) => promise.then((answer) => [answer.type, answer.status], () => 'refused');
          const headers = {authorization: `Bearer ${token}`, 'content-type': 'application/json'};
          return [
            await say(fetch(`${home}/words.json`)),
            await say(fetch(`${home}/api/state`, {method: 'POST', body: '{}', headers})),
            await say(fetch(`${home}/api/state`, {method: 'POST', body: '{}', mode: 'no-cors'})),
          ];
        }""",
        [f"http://127.0.0.1:{server.port}", token],
    )
    assert told[:2] == ["refused", "refused"]
    assert told[2] in ("refused", ["opaque", 0])
    window.close()
