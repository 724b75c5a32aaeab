import pytest

from healthcare.devices import device_name

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
WIN = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 "


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"{MAC}Version/17 Safari/605.1.15", "Safari on Mac"),
        (f"{WIN}Safari/537.36", "Chrome on Windows"),
        (f"{WIN}Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Android 15; Mobile) Firefox/140.0", "Firefox on Android"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) CriOS/140 Safari", "Chrome on iPhone"),
        ("curl/8.5", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_named_as_its_owner_would(user_agent, name):
    assert device_name(user_agent) == name
