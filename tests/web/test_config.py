"""Settings: read from one table, refused as a whole, printed without their secrets."""

from pathlib import Path

import pytest

from operation118 import config
from operation118.config import SETTINGS, SettingsError, masked, read

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"
PRODUCTION = {"ENV": "production", "PUBLIC_URL": "https://film.test", "SECRET_KEY": SECRET}


def given(**values: str) -> dict[str, str]:
    return {config.PREFIX + name: value for name, value in values.items()}


def test_without_any_variable_the_site_runs_for_its_developers():
    settings = read({})
    assert (settings["HOST"], settings["PORT"], settings.production) == ("127.0.0.1", 8118, False)
    assert settings["DATABASE_URL"] == f"sqlite:///{settings.data_dir}/site.sqlite"
    assert settings["PUBLIC_URL"] == "http://127.0.0.1:8118"


def test_every_default_can_be_read():
    assert {setting.name for setting in SETTINGS} == set(read({}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "8118.0"),
        ("WORKERS", "many"),
        ("PROXIES", "yes"),
        ("PAGE_CACHE_MB", "1.5"),
        ("ENV", "prod"),
        ("LOG_LEVEL", "LOUD"),
        ("PUBLIC_URL", "film.example"),
        ("PUBLIC_URL", "ftp://film.example"),
        ("PUBLIC_URL", "https://film.example/sub/"),
        ("DATABASE_URL", "mysql://root@localhost/site"),
        ("DATABASE_URL", "site.sqlite"),
        ("DATABASE_URL", "postgresql://user:pass@host:port/site"),
        ("SMTP_URL", "smtp://ho st"),
        ("SMTP_URL", "smtp:///"),
        ("QUEUE_URL", "sqlite://x"),
        ("QUEUE_URL", "sqlite:///"),
        ("QUEUE_URL", "sqlite:x"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(name: str, value: str):
    with pytest.raises(SettingsError, match=rf"^{config.PREFIX}{name}: ") as refusal:
        read(given(**{name: value}))
    assert str(refusal.value).count("\n") == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("SMTP_URL", "smtp://[::1]:2525"), ("SMTP_URL", "smtps://a:b%20c@h.example"), ("QUEUE_URL", "sqlite:////tmp/q")],
)
def test_an_address_of_the_mail_room_is_read(name: str, value: str):
    assert read(given(**{name: value}))[name]


def test_a_variable_that_does_not_exist_is_named():
    with pytest.raises(SettingsError, match="OPERATION118_SECRETKEY: no such setting"):
        read(given(SECRETKEY=SECRET))


def test_all_problems_are_named_at_once():
    with pytest.raises(SettingsError) as refusal:
        read(given(PORT="x", WORKERS="y", STRAY="z"))
    assert len(str(refusal.value).splitlines()) == 3


@pytest.mark.parametrize("missing", ["PUBLIC_URL", "SECRET_KEY"])
def test_production_demands_what_a_public_site_needs(missing: str):
    assert read(given(**PRODUCTION)).production
    with pytest.raises(SettingsError, match=config.PREFIX + missing):
        read(given(**PRODUCTION | {missing: ""}))


def test_production_refuses_a_short_secret():
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        read(given(**PRODUCTION | {"SECRET_KEY": "short"}))


def test_an_empty_variable_is_the_default():
    settings = read(given(PORT="", HOST="  "))
    assert (settings["PORT"], settings.origin("PORT")) == (8118, "default")
    assert settings["HOST"] == "127.0.0.1"


def test_the_origin_of_each_value_is_known():
    settings = read(given(PORT="9000"))
    assert (settings.origin("PORT"), settings.origin("HOST")) == ("environment", "default")


def test_the_form_of_address_that_providers_hand_out_is_understood():
    settings = read(given(DATABASE_URL="postgres://user:pass@host/site"))
    assert settings["DATABASE_URL"] == "postgresql://user:pass@host/site"


def test_secrets_are_masked():
    values = {"SECRET_KEY": SECRET, "METRICS_TOKEN": "a-long-token", "DATABASE_URL": "postgresql://u:hidden@h/site"}
    settings = read(given(**values))
    printed = " ".join(masked(setting, settings) for setting in SETTINGS)
    assert not any(secret in printed for secret in (SECRET, "a-long-token", "hidden"))
    assert "postgresql://u:***@h/site" in printed


def test_a_secret_key_is_made_once_and_kept_from_others(tmp_path: Path):
    settings = read(given(DATA_DIR=str(tmp_path / "data")))
    key = config.secret_key(settings)
    assert len(key) >= 32
    assert config.secret_key(settings) == key
    assert (tmp_path / "data/secret_key").stat().st_mode & 0o077 == 0


def test_an_ipv6_host_makes_a_valid_address():
    assert read(given(HOST="::1"))["PUBLIC_URL"] == "http://[::1]:8118"
